from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from tenants.access import member_required
from worklist import services
from worklist.queries import alerts
from worklist.queries.escalations import escalations_of

LIST = "worklist/alerts.html"


@require_GET
@member_required
def alert_list(request):
    filters = {
        "whose": request.GET.get("whose", ""),
        "state": request.GET.get("state", ""),
    }
    try:
        page = alerts.alert_page(
            request.membership,
            filters,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    told = escalations_of([row["id"] for row in page.rows])
    context = {
        "rows": [_shown(row, request, told) for row in page.rows],
        "filters": filters,
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, LIST, context, partial="rows")


@require_POST
@member_required
def acknowledgement_create(request, pk):
    services.acknowledge_alert(_changeable(request, pk), by=request.user)
    return _row(request, pk)


@require_POST
@member_required
def resolution_create(request, pk):
    services.resolve_alert(_changeable(request, pk), by=request.user)
    return _row(request, pk)


def _changeable(request, pk):
    return get_object_or_404(alerts.changeable_alerts(request.membership), pk=pk)


def _row(request, pk):
    if not request.htmx:
        return HttpResponseRedirect(reverse("worklist:alert-list"))
    row = alerts.alert_row(pk)
    shown = _shown(row, request, escalations_of([pk]))
    return render(request, f"{LIST}#row", {"row": shown})


def _shown(row, request, told):
    return row | {
        "escalations": told.get(row["id"], []),
        "owner": row["owner__name"] or row["owner__email"],
        "seen_by": row["acknowledged_by__name"] or row["acknowledged_by__email"],
        "shows_account": alerts.shows_account(row, request.membership),
        "may_change": alerts.may_change(row, request.membership),
    }
