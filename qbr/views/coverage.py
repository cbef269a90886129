"""For leads: how the team keeps its reviews, and what that does to renewals."""

from datetime import date

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qbr.queries import coverage as queries
from qbr.queries import ledger
from qbr.views.rows import today
from tenants.access import member_required

QUARTERS = 8
PAGE_SIZE = 50


@require_GET
@member_required
def coverage(request):
    on = today(request)
    chosen, by = _chosen(request)
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
        "quarters": _quarters(on),
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


@require_GET
@member_required
def account_list(request):
    """The accounts of one group: covered or not, reviewed last and next."""
    chosen, by = _chosen(request)
    covered = {"yes": True, "no": False}.get(request.GET.get("covered", ""))
    rows = ledger.accounts(
        request.membership,
        on=min(today(request), chosen["end"]),
        by=by,
        key=request.GET.get("key"),
        is_covered=covered,
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "chosen": chosen}
    return render(request, "qbr/coverage_accounts.html", context)


@require_GET
@member_required
def renewal_list(request):
    """The renewals of one line of the effect."""
    chosen, _by = _chosen(request)
    is_reviewed = request.GET.get("reviewed") == "yes"
    rows = ledger.renewals(
        request.membership,
        start=_year(chosen["end"]),
        end=chosen["end"],
        is_reviewed=is_reviewed,
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "chosen": chosen, "is_reviewed": is_reviewed}
    return render(request, "qbr/coverage_renewals.html", context)


def _chosen(request):
    """The quarter and the grouping of the address."""
    quarters = _quarters(today(request))
    name, by = request.GET.get("quarter", ""), request.GET.get("by", "tier")
    chosen = next((one for one in quarters if one["name"] == name), quarters[0])
    return chosen, by if by in queries.GROUPS else "tier"


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
