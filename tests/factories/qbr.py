"""Reviews as the services plan them, in the tenant in scope."""

from datetime import date

from accounts.models import Account
from qbr.services import plan_review
from tests.factories.accounts import AccountFactory

DAY = date(2026, 10, 12)


def review_of(account: Account | None = None, *, due_on=DAY, **fields):
    """A planned review of an account (a new one, of nobody)."""
    return plan_review(account or AccountFactory(), due_on=due_on, **fields)
