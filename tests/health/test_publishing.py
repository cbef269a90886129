"""A card is published while facts arrive and workers die."""

import random
import signal

import pytest

from accounts.models import Touch
from accounts.services import touch
from cs_platform.lib import clock
from health import services
from health.models import Scorecard, Snapshot
from health.scoring import POINTS
from tenants.scoping import tenant_scope
from tests.factories.health import ResponseFactory
from tests.factories.tenants import TenantFactory
from tests.health import world
from tests.health.test_kills import (
    KILLS,
    assert_as_if_undisturbed,
    kill_soon,
    nursery,
)


def publish(version):
    """A version whose measures all have names of their own."""
    measures = [
        one | {"key": f"{one['signal']}_{version}"} for one in POINTS["measures"]
    ]
    draft = services.save_draft("Points", POINTS | {"measures": measures}, by=None)
    services.publish_scorecard(draft, by=None)


def answer(dice, accounts):
    for account in accounts:
        ResponseFactory(
            account=account, score=dice.randint(0, 10), answered_at=clock.now()
        )
    touch([account.pk for account in accounts], reason="answer")


def publish_under_kills(tenant, accounts, night, touched):
    """Two workers of the night and two of the touches, all killed in the middle."""
    dice = random.Random(9)
    died, version = 0, 1
    while died < KILLS:
        version += 1
        with tenant_scope(tenant.pk):
            answer(dice, dice.sample(accounts, 10))
            publish(version)
        ends = night(
            2,
            lambda pids: touched(2, lambda others: kill_soon(dice, [*pids, *others])),
        )
        died += ends.count(-signal.SIGKILL)
    return version


@pytest.mark.slow
@pytest.mark.fault
def test_every_account_ends_with_the_new_version_and_none_with_a_mix(committed):
    tenant = TenantFactory()
    today = clock.now().date()
    with tenant_scope(tenant.pk):
        accounts = world.fill(3, accounts=40, on=today)
        touch([account.pk for account in accounts], reason="usage")
        services.open_nights()

    with nursery(tenant, "take_night_turn") as night:
        with nursery(tenant, "take_touched_turn") as touched:
            last = publish_under_kills(tenant, accounts, night, touched)
            assert night(1) == [0]
            assert touched(1) == [0]

    with tenant_scope(tenant.pk):
        rows = list(Snapshot.objects.filter(day=today).select_related("scorecard"))
        newest = Scorecard.objects.filter(name="Points").latest("version")
        assert (len(rows), newest.version) == (40, last)
        assert {row.scorecard for row in rows} == {newest}
        keys = {measure["key"] for row in rows for measure in row.measures}
        assert keys == {f"{one['signal']}_{last}" for one in POINTS["measures"]}
        assert Touch.objects.count() == 0
        assert_as_if_undisturbed(today)
