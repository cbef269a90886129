from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import ExchangeRate
from accounts.services.revenue import refresh_mrr
from tenants.services import record_audit


@transaction.atomic
def set_rate(
    currency: str, *, rate: Decimal, valid_from: date, by=None, by_key=None
) -> ExchangeRate:
    """Say what one unit of a currency is worth in the tenant's own, from a day on.

    Replaces the rate of that day. The MRR of every account is made true again, and the
    audit trail keeps who said it. Running it twice changes nothing.
    """
    known = (
        ExchangeRate.objects.select_for_update()
        .filter(currency=currency, valid_from=valid_from)
        .first()
    )
    if known and known.rate == rate:
        return known
    before = {"rate": str(known.rate)} if known else None
    row = known or ExchangeRate(currency=currency, valid_from=valid_from)
    row.rate = rate
    row.save()
    after = {"rate": str(rate), "valid_from": valid_from.isoformat()}
    record_audit(
        "exchange_rate.set", row, by=by, by_key=by_key, before=before, after=after
    )
    refresh_mrr()
    return row
