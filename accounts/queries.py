"""Which accounts a person may see: asked here by screens, exports and links alike."""

from datetime import date
from decimal import Decimal

from django.shortcuts import get_object_or_404

from accounts.models import Account, ExchangeRate
from cs_platform.lib import clock
from tenants.models import Role, Tenant
from tenants.scoping import current_tenant_id


def visible_accounts(membership):
    """The accounts this member may see: all, but a CSM's own in a closed portfolio."""
    accounts = Account.objects.filter(archived_at=None)
    if membership.role == Role.CSM and membership.tenant.is_portfolio_closed:
        return accounts.owned_by(membership.user)
    return accounts


def account_or_404(membership, pk):
    """The account of that id; 404 when it is not there for this member."""
    return get_object_or_404(visible_accounts(membership), pk=pk)


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
