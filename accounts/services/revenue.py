import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from accounts.models import Account, Span
from accounts.queries import rates_on, today
from accounts.services.touch import touch

logger = logging.getLogger(__name__)

CENT = Decimal("0.01")
CHUNK = 1000


@transaction.atomic
def refresh_mrr(account_ids: Iterable | None = None, *, on: date | None = None) -> int:
    """Make Account.mrr true on a day (the tenant's today): contracts then in force.

    In the tenant's currency, at the rates of that day. All accounts unless named;
    returns how many changed, and touches those. An account with money of unknown worth
    keeps its figure, and the log says so. Safe to repeat.
    """
    on = on or today()
    if account_ids is None:
        account_ids = _stale(on)
    # Locked before the sum is made: who writes a contract of the same account meanwhile
    # is waited for and counted. In the order in which accounts themselves are written.
    accounts = list(
        Account.objects.filter(pk__in=sorted(account_ids))
        .order_by("external_id")
        .select_for_update()
        .only("mrr", "tenant_id")
    )
    sums = _sums(account_ids, on)
    changed = []
    for account in accounts:
        mrr = sums.get(account.pk, Decimal(0))
        if mrr is not None and mrr != account.mrr:
            account.mrr = mrr
            changed.append(account)
    Account.objects.bulk_update(changed, ["mrr"], batch_size=CHUNK)
    touch([account.pk for account in changed], reason="contract")
    return len(changed)


def _stale(on):
    """The accounts whose figure is not what their contracts say."""
    sums = _sums(None, on)
    figures = Account.objects.values_list("pk", "mrr").order_by("pk")
    return {
        pk
        for pk, mrr in figures.iterator(CHUNK)
        if sums.get(pk, Decimal(0)) not in (None, mrr)
    }


def _sums(account_ids, on):
    """MRR by account; None where a rate is missing."""
    spans = Span.objects.on(on)
    if account_ids is not None:
        spans = spans.filter(account__in=sorted(account_ids))
    rates = rates_on(on)
    sums: dict = defaultdict(Decimal)
    unknown = set()
    for account_id, currency, mrr in spans.values_list("account_id", "currency", "mrr"):
        if currency in rates:
            sums[account_id] += mrr * rates[currency]
        else:
            unknown.add((account_id, currency))
    rounded: dict = {
        pk: amount.quantize(CENT, ROUND_HALF_UP) for pk, amount in sums.items()
    }
    for account_id, currency in sorted(unknown):
        logger.error("no exchange rate for %s on %s: %s", currency, on, account_id)
        rounded[account_id] = None
    return rounded
