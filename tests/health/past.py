"""A made-up past of a workspace: accounts that use the product, and some that stop."""

import random
from datetime import date, timedelta

from accounts.models import Account, Contract
from tenants.scoping import current_tenant_id
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.health import use

FIRST = date(2025, 1, 1)
TODAY = date(2026, 5, 15)


def live(accounts=60, *, first=FIRST, last=TODAY, seed=0, fades=True):
    """Half of the accounts use the product less and less, then not at all, and end.

    With `fades` False use says nothing of who ends.
    """
    dice = random.Random(seed)
    for number in range(accounts):
        account = AccountFactory()
        ends_on = None
        if number % 2:
            ends_on = first + timedelta(days=dice.randint(150, 420))
        ContractFactory(account=account, starts_on=first, ends_on=ends_on, mrr=100)
        use(account, _days(dice, first, last, ends_on if fades else None))


def _days(dice, first, last, ends_on):
    days = []
    day = first
    while day <= (ends_on or last):
        left = (ends_on - day).days if ends_on else 999
        if dice.random() < (0.3 if left > 120 else 0.3 * max(0, left - 20) / 100):
            days.append(day)
        day += timedelta(days=1)
    return days


def refresh_mrr():
    """As the sweep of contracts does: what each account pays today."""
    running = Contract.objects.in_force(TODAY).values_list("account_id", "mrr")
    for account_id, mrr in running:
        Account.objects.filter(pk=account_id).update(mrr=mrr)
    assert current_tenant_id()
