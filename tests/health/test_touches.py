import pytest

from accounts.models import Touch
from accounts.services import touch
from health import services
from health.models import Snapshot
from tests.health.cases import CASES
from tests.health.worked import NOW, account_of


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def scores():
    return dict(Snapshot.objects.values_list("account__name", "score"))


def test_a_touched_account_is_scored_and_its_touches_are_gone(in_tenant):
    touched, other = account_of(CASES[0]), account_of(CASES[4])
    touch([touched.pk], reason="ticket")
    touch([touched.pk], reason="invoice")

    assert services.score_touched() == 2

    assert (scores(), Touch.objects.count()) == ({"all is well": 100}, 0)
    assert other.pk != touched.pk


def test_nothing_touched_is_nothing_done(in_tenant):
    assert services.score_touched() == 0


def test_many_touches_are_claimed_in_slices(in_tenant):
    accounts = [account_of(case) for case in CASES[4:7]]
    touch([account.pk for account in accounts], reason="usage")

    handled = [services.score_touched(limit=2) for _ in range(3)]

    assert handled == [2, 1, 0]
    assert scores() == {"one day": 70, "4 days": 70, "5 days": 85}


@pytest.mark.parametrize("accounts", [1, 3])
def test_the_number_of_queries_does_not_grow(
    in_tenant, accounts, django_assert_num_queries
):
    ids = [account_of(case).pk for case in CASES[:accounts]]
    services.recompute(ids, on=NOW.date())
    touch(ids, reason="usage")

    with django_assert_num_queries(22):
        services.score_touched()
