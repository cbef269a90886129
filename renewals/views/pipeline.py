import json
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from renewals import services
from renewals.forms import RenewalFilters, StageForm
from renewals.models import PIPELINE, Result, Stage
from renewals.queries import pipeline
from tenants.access import member_required
from tenants.models import Role
from worklist.forms import assignable


@require_GET
@member_required
def board(request):
    return render_page(
        request, "renewals/board.html", _board(request, request.GET), partial="board"
    )


@require_GET
@member_required
def renewal_list(request):
    filters, on = RenewalFilters(request.GET).chosen(), today(request)
    try:
        page = pipeline.renewal_page(
            request.membership,
            filters,
            on=on,
            sort=request.GET.get("sort", ""),
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    context = {
        "rows": [_shown(row, request) for row in page.rows],
        "filters": filters,
        "people": list(assignable(request.tenant)),
        "stages": Stage.choices,
        "today": on,
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, "renewals/list.html", context, partial="rows")


@require_POST
@member_required
def stage_change(request, pk):
    """Move a card; 409 when somebody else moved it first, and nothing is changed."""
    changeable = pipeline.changeable_renewals(request.membership)
    renewal = get_object_or_404(changeable, pk=pk)
    target = reverse("renewals:detail", args=[pk])
    if request.POST.get("stage") in Result.values:
        # Deciding wants an amount, or a reason: the form on its own page asks.
        return _redirect(f"{target}?result={request.POST['stage']}#outcome")
    was = request.GET.get("was") or request.POST.get("was")
    form = StageForm({"stage": request.POST.get("stage"), "was": was})
    if not form.is_valid():
        return HttpResponse(_("There is no such stage."), status=422)
    try:
        services.move_renewal(
            renewal,
            stage=form.cleaned_data["stage"],
            was=form.cleaned_data["was"] or None,
            by=request.user,
        )
    except services.StaleMove as stale:
        return _stale(stale.renewal)
    if not request.htmx or request.htmx.target != "board":
        return _redirect(target)
    # The board as its filters were: htmx says at which address it stands.
    query = QueryDict(urlsplit(request.htmx.current_url or "").query)
    return render(request, "renewals/board.html#board", _board(request, query))


def today(request):
    return clock.day_of(clock.now(), request.tenant.timezone)


def stale_words(renewal):
    return _(
        "Somebody else was first: it is now in “%(stage)s”. Nothing of yours was"
        " changed; reload and look."
    ) % {"stage": renewal.get_stage_display()}


def _stale(renewal):
    said = stale_words(renewal)
    toast = json.dumps({"toast": {"text": said, "tone": "error"}})
    return HttpResponse(said, status=409, headers={"HX-Trigger": toast})


def _redirect(url):
    return HttpResponse(status=204, headers={"HX-Redirect": url})


def _board(request, query):
    filters = RenewalFilters(query).chosen()
    if "whose" not in query and request.membership.role == Role.CSM:
        filters["whose"] = "mine"
    columns = pipeline.board(request.membership, filters, on=today(request))
    for column in columns:
        column.cards = [_shown(row, request) for row in column.cards]
    return {
        "columns": columns,
        "is_empty": not any(column.count for column in columns),
        "filters": filters,
        "people": list(assignable(request.tenant)),
        "today": today(request),
    }


def _shown(row, request):
    return row | {
        "owner": row["owner__name"] or row["owner__email"],
        "stage_word": Stage(row["stage"]).label,
        "may_move": row["stage"] in PIPELINE
        and pipeline.may_change(row, request.membership),
    }
