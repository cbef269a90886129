"""Tickets and invoices go stale where a card says so, and nobody's arrive."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Ticket
from health.editing import check, complete, define, entered
from health.queries.reading import moment, read
from health.scoring import SHIPPED, Reading
from health.scoring.patience import Patience, patience_of
from tests.factories.accounts import AccountFactory, TicketFactory
from tests.health.worked import NOW

OPENED = Reading("tickets_opened", 30)
DAYS = Reading("login_days", 30, (("event", ""),))
POINTS = SHIPPED["Points"]


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def arrived(days, *, changed=None):
    """A ticket opened, and told of, so many days ago; changed since."""
    ticket = TicketFactory(account=AccountFactory(), opened_at=ago(days))
    at = ago(days if changed is None else changed)
    Ticket.objects.filter(pk=ticket.pk).update(created_at=ago(days), updated_at=at)
    return ticket.account


def ago(days) -> datetime:
    return NOW - timedelta(days=days)


def told(account, patience, reading=OPENED):
    found = read(
        [account.pk],
        [reading, DAYS],
        moment(account.tenant, NOW.date()),
        patience=patience,
    )
    value = found[account.pk][reading]
    return value.value, value.is_stale


@pytest.mark.parametrize(
    ("days", "changed", "patience", "said"),
    [
        (29, 29, Patience(), (1, False)),
        (29, 29, Patience(days=(("invoices", 7),)), (1, False)),
        (7, 7, Patience(days=(("tickets", 7),)), (1, False)),
        (8, 8, Patience(days=(("tickets", 7),)), (1, True)),
        (8, 6, Patience(days=(("tickets", 7),)), (1, False)),
        # As it was when the last arrived: 29 days later the window is not empty.
        (59, 59, Patience(days=(("tickets", 7),)), (1, True)),
    ],
)
def test_stale_is_what_nobody_told_anything_of(
    in_tenant, days, changed, patience, said
):
    assert told(arrived(days, changed=changed), patience) == said


def test_the_ticket_of_one_account_is_news_of_all(in_tenant):
    quiet = arrived(20)
    arrived(1)

    assert told(quiet, Patience(days=(("tickets", 7),))) == (1, False)


def test_of_a_past_that_was_brought_in_later_nobody_knows(in_tenant):
    account = TicketFactory(account=AccountFactory(), opened_at=ago(50)).account

    day = ago(40)
    patience = Patience(days=(("tickets", 7),))
    then = moment(account.tenant, day.date())
    value = read([account.pk], [OPENED], then, patience=patience)[account.pk][OPENED]

    assert (value.value, value.is_stale) == (1, False)


def test_the_form_keeps_how_long(in_tenant):
    definition = POINTS | {"facts_stale_after_days": {"tickets": 7}}

    kept, errors = define(complete(entered(definition)))

    assert errors == {}
    assert patience_of(kept) == Patience(72, (("tickets", 7),))


@pytest.mark.parametrize(
    ("days", "path"),
    [
        ({"tickets": 0}, ["facts_stale_after_days.tickets"]),
        ({"invoices": 1.5}, ["facts_stale_after_days.invoices"]),
        ({"contacts": 7}, ["facts_stale_after_days"]),
        ({"tickets": None, "invoices": 730}, []),
    ],
)
def test_a_limit_is_a_number_of_days(days, path):
    assert list(check(POINTS | {"facts_stale_after_days": days})) == path
