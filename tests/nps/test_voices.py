"""The numbers that the database adds up, against hand-worked figures."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from nps.queries.answers import Choice
from nps.queries.voices import voices
from tenants.models import Membership
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.nps import ResponseFactory

ON = date(2026, 5, 6)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 5, 6, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def found(lead, in_tenant):
    """What is found once everything was answered."""
    membership = Membership.objects.select_related("tenant").get(user=lead)
    choice = Choice(since=date(2026, 5, 1), until=ON)
    return lambda: voices(membership, choice, on=ON)


def test_by_money_an_account_counts_once_however_many_of_it_answer(found):
    big, small, free = (
        AccountFactory(mrr=Decimal(mrr)) for mrr in ("300.00", "100.00", "0.00")
    )
    for account, score in [(big, 10)] * 4 + [(small, 0), (free, 0)]:
        ResponseFactory(contact__account=account, score=score)

    by_mrr = found().by_mrr

    # (300 - 100) / 400; weights 75 x 4 and 100: n = 400^2 / (4 x 75^2 + 100^2) = 4.923.
    # Variance (1 - 0.25) / 4.923 = 0.152344, root 0.390313, x 195.9964 = 76.500.
    assert (by_mrr.n, by_mrr.value) == (5, pytest.approx(50))
    assert by_mrr.low == pytest.approx(50 - 76.500, abs=0.001)
    assert by_mrr.high == 100


def test_by_role_the_heaviest_role_counts(found):
    for score, roles in (
        (10, ["user", "decision_maker"]),
        (0, ["champion"]),
        (0, ["user"]),
        (8, []),
    ):
        ResponseFactory(contact__roles=roles, score=score)

    # Promoters 3, detractors 2 + 1, all 7.
    assert (found().by_role.n, found().by_role.value) == (4, pytest.approx(0))


def test_who_has_two_roles_counts_in_both_groups(found):
    ResponseFactory(contact__roles=["user", "champion"], score=10)
    ResponseFactory(contact__roles=["user"], score=0)

    groups = found().grouped("role")

    assert {key: (row.n, row.value) for key, row in groups.items()} == {
        "user": (2, 0),
        "champion": (1, 100),
    }


def test_of_two_answers_at_one_instant_the_later_written_counts(found):
    contact = ContactFactory()
    rows = [ResponseFactory(contact=contact, score=score) for score in (9, 2)]
    later = max(rows, key=lambda row: row.pk)

    nps = found().nps

    assert (nps.n, nps.value) == (1, 100 if later.score == 9 else -100)
