"""Deals that were lost, in whole or in part, for those who may see them."""

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from accounts.models import ExchangeRate
from renewals.models import LOSSES, Explanation, NamedDetail, Outcome
from renewals.queries.outcomes import label_of
from renewals.queries.pipeline import visible_renewals
from renewals.reasons import CENT, Loss

# More than this in the quarters asked for is cut, and the page says so.
MOST = 5000


def losses(membership, *, since: date, until: date, narrow=None) -> list[Loss]:
    """What was decided as lost or partly lost from `since` to before `until`.

    With the latest explanation of each, the latest decided first; money in the
    workspace's currency at the rate of the day it was decided. Four queries.
    """
    outcomes = Outcome.objects.filter(
        kind__in=LOSSES,
        decided_on__gte=since,
        decided_on__lt=until,
        renewal__in=visible_renewals(membership),
    )
    rows = (
        outcomes.filter(**(narrow or {}))
        .select_related("renewal__account__owner")
        .prefetch_related(_latest())
        .order_by("-decided_on", "-id")
    )
    rates = _Rates(membership.tenant.currency)
    return [_loss(outcome, rates) for outcome in rows[:MOST]]


def segments() -> list[str]:
    """The segments of accounts with a loss, for the filter."""
    lost = Outcome.objects.filter(kind__in=LOSSES)
    names = lost.order_by("renewal__account__segment").values_list(
        "renewal__account__segment", flat=True
    )
    return [name for name in names.distinct() if name]


def _latest():
    labelled = NamedDetail.objects.annotate(label=label_of("detail__"))
    return Prefetch(
        "explanations",
        Explanation.objects.filter(is_latest=True).prefetch_related(
            Prefetch("named", labelled.order_by("label"))
        ),
        to_attr="latest",
    )


def _loss(outcome, rates):
    renewal, lost = outcome.renewal, outcome.lost_amount
    rate = rates.on(renewal.currency, outcome.decided_on)
    (explanation,) = outcome.latest or (None,)
    named = explanation.named.all() if explanation else ()
    return Loss(
        renewal_id=renewal.pk,
        account=renewal.account.name,
        owner=str(renewal.account.owner or ""),
        tier=renewal.account.tier,
        segment=renewal.account.segment,
        decided_on=outcome.decided_on,
        kind=outcome.kind,
        reason=outcome.reason,
        which=tuple(one.label for one in named),
        words=outcome.detail,
        mrr=_monthly(lost, rate),
        was_mrr=_monthly(outcome.was_amount, rate),
        amount=lost,
        currency=renewal.currency,
    )


def _monthly(amount, rate):
    return None if rate is None else (amount * rate / 12).quantize(CENT)


class _Rates:
    """What foreign money was worth on any day; one query."""

    def __init__(self, own):
        self._own = own
        self._days, self._rates = defaultdict(list), defaultdict(list)
        for rate in ExchangeRate.objects.order_by("currency", "valid_from"):
            self._days[rate.currency].append(rate.valid_from)
            self._rates[rate.currency].append(rate.rate)

    def on(self, currency, day):
        if currency == self._own:
            return Decimal(1)
        place = bisect_right(self._days[currency], day)
        return self._rates[currency][place - 1] if place else None
