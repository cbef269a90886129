from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cs_platform.lib import export
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from renewals.models import Stage
from renewals.queries import pipeline
from renewals.queries.ahead import quarters_ahead
from renewals.queries.attention import NEEDS
from renewals.views.rows import filters_of, show_in, shown, today
from tenants.access import member_required
from worklist.forms import assignable

CURSORS = ("after", "before")


@require_GET
@member_required
def board(request):
    context = board_context(request, request.GET)
    return render_page(request, "renewals/board.html", context, partial="board")


@require_GET
@member_required
def renewal_list(request):
    filters, on = filters_of(request, request.GET), today(request)
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
        "rows": shown(page.rows, request),
        "filters": filters,
        "people": list(assignable(request.tenant)),
        "stages": Stage.choices,
        "needs": NEEDS.items(),
        "quarters": [quarter.name for quarter in quarters_ahead(on)],
        "today": on,
        "export_query": _without_cursors(request.GET),
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, "renewals/list.html", context, partial="rows")


@require_GET
@member_required
def renewal_export(request, kind):
    filters = filters_of(request, request.GET)
    renewals = pipeline.listed(request.membership, filters, on=today(request))
    order = pipeline.order_of(request.GET.get("sort", ""))
    columns = (*pipeline.COLUMNS, "account__external_id", "contract__external_id")
    rows = renewals.order_by(*order.expressions).values(*columns)
    header = [
        _("Account"), _("Account id"), _("Contract"), _("Stage"), _("Days in the stage"),
        _("Stuck"), _("Decision"), _("End"), _("A year"), _("Currency"), _("Score"),
        _("Owner"), _("Next step"), _("Next step on"),
    ]  # fmt: skip
    table = map(_cells, shown(rows[: export.MAX_ROWS], request))
    return export.table_response(_("renewals"), kind, header, table)


def board_context(request, query):
    """The board as the filters of that address want it."""
    filters = filters_of(request, query)
    columns = pipeline.board(request.membership, filters, on=today(request))
    show_in(columns, "cards", request)
    return {
        "columns": columns,
        "is_empty": not any(column.count for column in columns),
        "filters": filters,
        "people": list(assignable(request.tenant)),
        "today": today(request),
    }


def _without_cursors(query):
    query = query.copy()
    for name in CURSORS:
        query.pop(name, None)
    return query.urlencode()


def _cells(row):
    return [
        row["account__name"], row["account__external_id"], row["contract__external_id"],
        row["stage_word"], row["age"], _("yes") if row["is_stuck"] else "",
        row["decides_on"], row["ends_on"], row["amount"], row["currency"],
        row["account__score"], row["owner"], row["next_step"], row["next_step_on"],
    ]  # fmt: skip
