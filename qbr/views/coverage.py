"""For leads: how the team keeps its reviews, and what that does to renewals."""

from datetime import date

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from accounts.queries import rates_on
from qbr.models import Side
from qbr.queries import coverage as queries
from qbr.queries import ledger
from qbr.queries.counted import GROUPS
from qbr.views.rows import today
from renewals.models import Result
from tenants.access import member_required

QUARTERS = 8
PAGE_SIZE = 50
REVIEW_TITLES = {
    "planned": pgettext_lazy("reviews", "Planned"),
    "held": pgettext_lazy("reviews", "Held"),
    "cancelled": pgettext_lazy("reviews", "Called off"),
    "decider": gettext_lazy("Held, and the decision maker came"),
}
PROMISE_TITLES = {
    "due": gettext_lazy("Promises due"),
    "done": gettext_lazy("Promises kept"),
    "in_time": gettext_lazy("Promises kept in time"),
}


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
        on=on,
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
        on=today(request),
        zone=request.tenant.timezone,
        is_covered=covered,
        **_group(request, chosen, by),
    )
    return _listed(request, "qbr/coverage_accounts.html", rows, chosen)


@require_GET
@member_required
def counted_reviews(request):
    """The reviews that one figure counts: planned, held, called off, or decided."""
    chosen, by = _chosen(request)
    of = _one_of(request.GET.get("of"), REVIEW_TITLES)
    rows = ledger.reviews(request.membership, of=of, **_group(request, chosen, by))
    title = REVIEW_TITLES[of]
    return _listed(request, "qbr/coverage_reviews.html", rows, chosen, title=title)


@require_GET
@member_required
def counted_promises(request):
    """The promises that one figure counts: due, kept, kept in time."""
    chosen, by = _chosen(request)
    of = _one_of(request.GET.get("of"), PROMISE_TITLES)
    side = _one_of(request.GET.get("side"), Side.values)
    rows = ledger.promises(
        request.membership,
        on=today(request),
        zone=request.tenant.timezone,
        of=of,
        side=side,
        **_group(request, chosen, by),
    )
    title = f"{Side(side).label} · {PROMISE_TITLES[of]}"
    return _listed(request, "qbr/coverage_promises.html", rows, chosen, title=title)


@require_GET
@member_required
def renewal_list(request):
    """The renewals of one line of the effect, and what they come to."""
    chosen, _by = _chosen(request)
    is_reviewed = request.GET.get("reviewed") == "yes"
    start = _year(chosen["end"])
    rows = ledger.renewals(
        request.membership,
        start=start,
        end=chosen["end"],
        is_reviewed=is_reviewed,
        renewed=request.GET.get("result") == "renewed",
    )
    rates = rates_on(start)
    return _listed(
        request,
        "qbr/coverage_renewals.html",
        rows,
        chosen,
        is_reviewed=is_reviewed,
        total=queries.effect(rows, is_reviewed, rates),
        rates=rates,
        currency=request.tenant.currency,
    )


def _listed(request, template, rows, chosen, **more):
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "chosen": chosen, "today": today(request)}
    if "rates" in more:
        context["shown"] = list(_in_one_currency(page, more.pop("rates")))
    return render(request, template, context | more)


def _in_one_currency(outcomes, rates):
    """Each with its value in the workspace's currency: what adds up to the total."""
    for outcome in outcomes:
        rate = rates.get(outcome.renewal.currency)
        is_renewed = outcome.result == Result.RENEWED
        got = (outcome.amount or 0) if is_renewed else 0
        yield {
            "outcome": outcome,
            "due": None if rate is None else (outcome.was_amount or 0) * rate,
            "renewed": None if rate is None else got * rate,
        }


def _group(request, chosen, by):
    """Which rows the address asks for; without a key those of all groups."""
    key = request.GET.get("key")
    return {"start": chosen["start"], "end": chosen["end"], "by": by, "key": key}


def _one_of(name, known):
    return name if name in known else next(iter(known))


def _chosen(request):
    """The quarter and the grouping of the address."""
    quarters = _quarters(today(request))
    name, by = request.GET.get("quarter", ""), request.GET.get("by", "tier")
    chosen = next((one for one in quarters if one["name"] == name), quarters[0])
    return chosen, by if by in GROUPS else "tier"


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
