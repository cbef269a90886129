import json
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from renewals import services
from renewals.forms import StageForm
from renewals.models import Result, Stage
from renewals.queries import pipeline
from renewals.views.pipeline import board_context
from renewals.views.rows import is_lead
from tenants.access import member_required


@require_POST
@member_required
def stage_change(request, pk):
    """Move a card; 409 when somebody else moved it first, and nothing is changed; 422
    with a dialog when the stages on the way want what is not there.
    """
    changeable = pipeline.changeable_renewals(request.membership)
    renewal = get_object_or_404(changeable, pk=pk)
    target = reverse("renewals:detail", args=[pk])
    if request.POST.get("stage") in Result.values:
        # Deciding wants an amount, or a reason: the form on its own page asks.
        return _redirect(f"{target}?result={request.POST['stage']}#outcome")
    was = request.GET.get("was") or request.POST.get("was")
    form = StageForm(request.POST.dict() | {"was": was})
    if not form.is_valid():
        return HttpResponse(_("There is no such stage."), status=422)
    try:
        moved = services.move_renewal(
            renewal,
            stage=form.cleaned_data["stage"],
            was=form.cleaned_data["was"] or None,
            reason=form.cleaned_data["reason"],
            by=request.user,
            is_lead=is_lead(request),
        )
    except services.StaleMove as stale:
        return refusal(stale_words(stale.renewal))
    except services.GapsRemain as found:
        return _ask_about_gaps(request, found, form.cleaned_data)
    if not _is_on_board(request):
        return _redirect(target)
    # The board as its filters were: htmx says at which address it stands.
    query = QueryDict(urlsplit(request.htmx.current_url or "").query)
    context = board_context(request, query)
    response = render(request, "renewals/board.html#board", context)
    said = {"text": _told(moved, context)}
    response["HX-Trigger"] = json.dumps({"toast": said, "dialog-close": True})
    return response


def stale_words(renewal):
    return _(
        "Somebody else was first: it is now in “%(stage)s”. Nothing of yours was"
        " changed; reload and look."
    ) % {"stage": renewal.get_stage_display()}


def refusal(said):
    """409, said by a toast: the page stays as it is."""
    toast = json.dumps({"toast": {"text": said, "tone": "error"}, "dialog-close": True})
    return HttpResponse(said, status=409, headers={"HX-Trigger": toast})


def _ask_about_gaps(request, found, said):
    """A dialog: what is missing, and whether and how one may go on."""
    context = {
        "renewal": found.renewal,
        "missing": found.missing,
        "may_skip": found.may_skip,
        "stage": Stage(said["stage"]),
        "reason": said["reason"],
        "target": "#board" if _is_on_board(request) else "",
    }
    response = render(request, "renewals/gaps.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


def _is_on_board(request):
    return request.htmx and "board" in (request.htmx.target, request.POST.get("from"))


def _told(moved, context):
    """Where the card is now, for who does not see it move."""
    column = next(c for c in context["columns"] if c.stage == moved.stage)
    return _("%(account)s is now in “%(stage)s”, with %(count)s deals.") % {
        "account": moved.account.name,
        "stage": moved.get_stage_display(),
        "count": column.count,
    }


def _redirect(url):
    return HttpResponse(status=204, headers={"HX-Redirect": url})
