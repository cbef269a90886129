"""For leads: how the team keeps its reviews, and what that does to renewals."""

from datetime import date

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qbr.queries import coverage as queries
from qbr.views.rows import today
from tenants.access import member_required

QUARTERS = 8


@require_GET
@member_required
def coverage(request):
    on = today(request)
    quarters = _quarters(on)
    name = request.GET.get("quarter", "")
    chosen = next((one for one in quarters if one["name"] == name), quarters[0])
    by = request.GET.get("by", "tier")
    by = by if by in queries.GROUPS else "tier"
    start, end = chosen["start"], chosen["end"]
    lines = queries.coverage(
        request.membership,
        start=start,
        end=end,
        on=min(on, end),
        by=by,
        zone=request.tenant.timezone,
    )
    context = {
        "lines": lines[:-1],
        "total": lines[-1],
        "effects": queries.effects(request.membership, start=_year(end), end=end),
        "quarters": quarters,
        "chosen": chosen,
        "by": by,
        "groups": [
            ("tier", _("Tier")),
            ("segment", _("Segment")),
            ("owner", _("Owner")),
        ],
        "currency": request.tenant.currency,
    }
    return render(request, "qbr/coverage.html", context)


def _quarters(on: date) -> list[dict]:
    """The present quarter and those before it, the latest first."""
    index = on.year * 4 + (on.month - 1) // 3
    return [_quarter(index - back) for back in range(QUARTERS)]


def _quarter(index):
    start = date(index // 4, index % 4 * 3 + 1, 1)
    after = index + 1
    end = date(after // 4, after % 4 * 3 + 1, 1)
    return {"name": f"{start.year}-Q{index % 4 + 1}", "start": start, "end": end}


def _year(end: date) -> date:
    """A year of decisions: a quarter holds too few to say anything."""
    return end.replace(year=end.year - 1)
