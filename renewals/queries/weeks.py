"""The forecasts that were written down, read back as deals."""

from datetime import date
from decimal import Decimal

from renewals.forecasting.deals import Call, Deal
from renewals.models import ForecastSnapshot, ForecastWeek

FIELDS = (
    "renewal_id", "account_id", "owner_id", "tier", "segment", "stage", "band",
    "ends_on", "decides_on", "placed_on", "amount", "currency", "rate", "probability",
    "result", "result_amount", "decided_on", "is_noticed",
)  # fmt: skip
CALLS = ("csm_category", "csm_amount", "lead_category", "lead_amount")


def week_of(monday: date) -> ForecastWeek | None:
    return ForecastWeek.objects.filter(week=monday).first()


def last_week(*, by: date | None = None) -> ForecastWeek | None:
    """The newest written forecast, or the newest by a day (that day included)."""
    weeks = ForecastWeek.objects.order_by("-week")
    return (weeks.filter(week__lte=by) if by else weeks).first()


def deals_of(week: ForecastWeek, **narrowed) -> list[Deal]:
    """The deals of a written forecast, in the order of their ids. One query."""
    rows = ForecastSnapshot.objects.filter(week=week, **narrowed)
    return [_deal(row) for row in rows.order_by("renewal_id").values(*FIELDS, *CALLS)]


def _deal(row) -> Deal:
    return Deal(
        **{name: row[name] for name in FIELDS},
        csm=_call(row["csm_category"], row["csm_amount"]),
        lead=_call(row["lead_category"], row["lead_amount"]),
    )


def _call(category: str, amount: Decimal | None) -> Call | None:
    return Call(category, amount) if category else None
