"""The cases as rows of the database, around one instant."""

from datetime import UTC, datetime, timedelta

from tests.factories.accounts import (
    AccountFactory,
    ContractFactory,
    InvoiceFactory,
    TicketFactory,
)
from tests.factories.health import ResponseFactory, use

NOW = datetime(2026, 5, 15, 9, tzinfo=UTC)
TODAY = NOW.date()


def days_ago(*numbers):
    return [TODAY - timedelta(days=number) for number in numbers]


def account_of(case):
    """An account of the tenant in scope with just the facts of a case."""
    account = AccountFactory(name=case.name)
    if case.days is not None:
        _use(account, case.days, case.users)
    if case.seats is not None:
        ContractFactory(account=account, seats=case.seats)
    for age in case.critical:
        TicketFactory(account=account, severity="critical", opened_at=NOW - age)
    if case.nps is not None:
        ResponseFactory(account=account, score=case.nps)
    for due, paid in case.bills:
        _bill(account, due, paid)
    return account


def _use(account, days, users):
    if days == 0:  # active once, but not in the last 30 days
        use(account, days_ago(30), users=["gone"])
        return
    people = [f"u-{number}" for number in range(users)]
    use(account, days_ago(days - 1), users=people)
    use(account, days_ago(*range(days - 1)), users=people[:1])


def _bill(account, due, paid):
    due_on = TODAY + timedelta(days=due)
    InvoiceFactory(
        account=account,
        issued_on=due_on - timedelta(days=30),
        due_on=due_on,
        paid_on=None if paid is None else TODAY + timedelta(days=paid),
    )
