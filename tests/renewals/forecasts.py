"""Deals for forecasts, boring unless said."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from renewals.forecasting.deals import Call, Deal


def deal(number=1, **said):
    """A deal of 1,000 dollars in the fourth quarter of 2026."""
    plain = {
        "renewal_id": UUID(int=number),
        "account_id": UUID(int=100 + number),
        "owner_id": 7,
        "tier": "mid",
        "segment": "",
        "stage": "negotiation",
        "band": "green",
        "ends_on": date(2026, 12, 31),
        "decides_on": date(2026, 12, 1),
        "placed_on": date(2026, 12, 1),
        "amount": Decimal(1000),
        "currency": "USD",
        "rate": Decimal(1),
        "probability": Decimal("0.8"),
    }
    return Deal(**(plain | said))


def call(category, amount=None):
    return Call(category, None if amount is None else Decimal(amount))
