"""The decisions ahead: the month, the quarters, and what needs attention."""

from datetime import timedelta

from django.views.decorators.http import require_GET

from accounts.queries import calendar as work_calendar
from accounts.queries import rates_on
from cs_platform.lib.htmx import render_page
from renewals.queries import ahead, attention, pipeline
from renewals.views.rows import filters_of, show_in, today
from tenants.access import member_required
from worklist.forms import assignable


@require_GET
@member_required
def calendar(request):
    """A month with its decisions and ends."""
    on, filters = today(request), filters_of(request, request.GET)
    month = ahead.month_of(request.GET.get("month", ""), on)
    renewals = _narrowed(request, filters, on).open()
    weeks = ahead.month_page(renewals, month, pipeline.COLUMNS)
    show_in([day for week in weeks for day in week], "entries", request)
    days = work_calendar()
    for week in weeks:
        for day in week:
            day.is_free = not days.is_working_day(day.day)
    context = _common(request, filters, on) | {
        "weeks": weeks,
        "is_dead": month.month in days.dead_months,
        "is_budget": month.month in days.budget_months,
        "is_empty": not any(day.count for week in weeks for day in week),
        "month": month,
        "months": [
            (month - timedelta(days=1)).strftime("%Y-%m"),
            (month + timedelta(days=31)).strftime("%Y-%m"),
        ],
    }
    return render_page(request, "renewals/calendar.html", context, partial="month")


@require_GET
@member_required
def timeline(request):
    """The quarters ahead with their amounts."""
    on, filters = today(request), filters_of(request, request.GET)
    quarters = ahead.timeline(
        _narrowed(request, filters, on),
        rates_on(on),
        request.tenant.currency,
        pipeline.COLUMNS,
        on=on,
    )
    show_in(quarters, "rows", request)
    context = _common(request, filters, on) | {"quarters": quarters}
    return render_page(request, "renewals/timeline.html", context, partial="quarters")


@require_GET
@member_required
def attention_list(request):
    """Who has how much to look after: counts that open the list."""
    on, filters = today(request), filters_of(request, request.GET)
    zone = request.tenant.timezone
    rows = attention.attention(_narrowed(request, filters, on), on=on, zone=zone)
    context = _common(request, filters, on) | {
        "rows": rows,
        "total": attention.total(rows),
        "needs": attention.NEEDS,
    }
    return render_page(request, "renewals/attention.html", context, partial="rows")


def _narrowed(request, filters, on):
    renewals = pipeline.visible_renewals(request.membership)
    return pipeline.narrowed(renewals, filters, request.membership, on)


def _common(request, filters, on):
    people = list(assignable(request.tenant))
    return {"filters": filters, "people": people, "today": on}
