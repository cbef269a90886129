import random
from datetime import UTC, date, datetime, timedelta

import pytest

from health import services
from health.models import Snapshot
from tenants.models import Tenant
from tests.health import oracle, world
from tests.health.test_scoring import points_of

NOW = datetime(2026, 5, 15, 20, 30, tzinfo=UTC)
ZONES = ["UTC", "Asia/Almaty", "America/Los_Angeles", "Europe/Berlin"]


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def snapshots(day):
    rows = Snapshot.objects.filter(day=day)
    return {
        row.account_id: (points_of(row.measures), (row.score, row.band)) for row in rows
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_scores_equal_those_of_slow_loops(in_tenant, ops, seed):
    zone, login = ZONES[seed % 4], ["", "Signed in"][seed % 2]
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone=zone)
    today = date(2026, 5, 16 if zone == "Asia/Almaty" else 15)
    if zone == "Europe/Berlin":
        today = date(2026, 5, 15)
    accounts = world.fill(seed, accounts=25, on=today)
    services.name_login_event(login, by=ops)
    then = today - timedelta(days=random.Random(seed).randrange(1, 60))
    for day in (then, today):
        services.recompute([account.pk for account in accounts], on=day)

    expected_then = {
        a.pk: oracle.points(a, then, zone=zone, login=login) for a in accounts
    }
    expected = {
        a.pk: oracle.points(a, today, zone=zone, login=login, now=NOW) for a in accounts
    }

    assert snapshots(then) == {
        pk: (found, oracle.score(found)) for pk, found in expected_then.items()
    }
    assert snapshots(today) == {
        pk: (found, oracle.score(found)) for pk, found in expected.items()
    }
    # The dice made what is to be told apart: each measure known and not, good and bad.
    for measure in zip(*expected.values(), strict=True):
        assert len(set(measure)) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_happens_later_changes_a_past_day(in_tenant, seed):
    then = date(2026, 4, 15)
    accounts = world.fill(seed, accounts=20, on=then)
    ids = [account.pk for account in accounts]
    services.recompute(ids, on=then)
    before = snapshots(then)

    dice = random.Random(seed)
    for account in accounts:
        world.add_facts(dice, account, then + timedelta(days=1), date(2026, 5, 15))
    services.recompute(ids, on=then)

    assert snapshots(then) == before
