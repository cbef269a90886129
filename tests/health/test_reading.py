"""What signals find, against slow loops over the rows."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from health.queries.reading import moment, read
from health.scoring import Reading
from health.signals import SIGNALS
from tenants.models import Tenant
from tests.health import reading_oracle, wide_world

NOW = datetime(2026, 5, 15, 20, 30, tzinfo=UTC)
ZONES = ["UTC", "Asia/Almaty", "America/Los_Angeles", "Europe/Berlin"]
EVENTS = ["", "Signed in", "login", "export"]


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def some_readings(dice):
    """Each signal once or twice, with windows of its kind."""
    found = []
    for key, signal in SIGNALS.items():
        for _ in range(2):
            window = signal.window and dice.choice([7, 30, signal.window])
            settings = dict(signal.settings)
            if "event" in settings:
                is_needed = key == "key_feature"
                settings["event"] = dice.choice(EVENTS[1:] if is_needed else EVENTS)
            found.append(Reading(key, window, tuple(sorted(settings.items()))))
    return list(dict.fromkeys(found))


def slowly(account, reading, day, **look):
    signal = SIGNALS[reading.signal]
    settings = {**signal.settings, **dict(reading.settings)}
    look = reading_oracle.Look(
        account, day, window=reading.window, settings=settings, **look
    )
    return rounded(getattr(reading_oracle, reading.signal)(look))


def rounded(value):
    return None if value is None else round(float(value), 6)


def found(pks, readings, when):
    return {
        (pk, one): value and rounded(value.value)
        for pk, values in read(pks, readings, when).items()
        for one, value in values.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_reading_equals_that_of_slow_loops(in_tenant, seed):
    zone = ZONES[seed % 4]
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone=zone)
    in_tenant.refresh_from_db()
    dice = random.Random(seed)
    today = moment(in_tenant, NOW.date()).day if zone != "Asia/Almaty" else None
    today = today or NOW.date() + timedelta(days=1)
    accounts = wide_world.fill(seed, accounts=15, on=today)
    pks = [account.pk for account in accounts]
    readings = some_readings(dice)
    then = today - timedelta(days=dice.randrange(1, 90))

    several = {one.signal: set() for one in readings}
    for day, now in ((today, NOW), (then, None)):
        expected = {
            (account.pk, one): slowly(account, one, day, zone=zone, now=now)
            for account in accounts
            for one in readings
        }
        assert found(pks, readings, moment(in_tenant, day)) == expected
        for (_, one), value in expected.items():
            several[one.signal].add(value)
    # The dice made what is to be told apart.
    assert {key for key, values in several.items() if len(values) < 2} == set()
