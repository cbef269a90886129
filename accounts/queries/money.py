"""The tenant's day, and what foreign money is worth on it."""

from datetime import date
from decimal import Decimal

from accounts.models import ExchangeRate
from cs_platform.lib import clock
from tenants.models import Tenant
from tenants.scoping import current_tenant_id


def today() -> date:
    """The day it is for the tenant in scope."""
    return clock.day_of(clock.now(), _tenant().timezone)


def rates_on(day: date) -> dict[str, Decimal]:
    """What one unit of each known currency is worth that day in the tenant's own."""
    rates = {
        rate.currency: rate.rate
        for rate in ExchangeRate.objects.filter(valid_from__lte=day).order_by(
            "currency", "valid_from"
        )
    }
    return rates | {_tenant().currency: Decimal(1)}


def known_currencies() -> set[str]:
    """The currencies whose worth is known today."""
    return set(rates_on(today()))


def _tenant():
    return Tenant.objects.get(pk=current_tenant_id())
