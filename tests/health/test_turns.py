"""An account that fails, or kills its worker, comes to an end and stops no other."""

import os
import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Touch
from accounts.services import touch
from health import services, tasks
from health.models import Attempt, Night, Snapshot
from health.services.touches import recompute_free
from tenants.scoping import tenant_scope
from tests import processes
from tests.factories.accounts import AccountFactory
from tests.factories.tenants import TenantFactory
from tests.health.worked import NOW, TODAY
from worklist.models import Alert

KILLED = 9
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def acme(committed):
    return TenantFactory(slug="acme")


@pytest.fixture
def accounts(acme):
    """Seven touched accounts; the fourth is the bad one."""
    with tenant_scope(acme.pk):
        made = sorted((AccountFactory() for _ in range(7)), key=lambda one: one.pk)
        touch([account.pk for account in made], reason="usage")
    return made


@pytest.fixture
def poison(accounts, monkeypatch):
    """Called with what to do when the bad account is scored: tells among how many."""
    times = []

    def poisoned_with(harm):
        def score(account_ids, *, on):
            if accounts[3].pk in account_ids:
                times.append(len(account_ids))
                harm()
            return recompute_free(account_ids, on=on)

        monkeypatch.setattr("health.services.touches.recompute_free", score)
        monkeypatch.setattr("health.services.nights.recompute_free", score)
        return times

    return poisoned_with


def fail():
    raise ValueError("a fact nobody can score")


def scored(tenant):
    with tenant_scope(tenant.pk):
        return list(Snapshot.objects.order_by("account").values_list("account", "day"))


def assert_only_the_bad_one_is_set_aside(tenant, accounts, because):
    good = [account.pk for account in accounts if account is not accounts[3]]
    assert scored(tenant) == [(pk, TODAY) for pk in good]
    with tenant_scope(tenant.pk):
        attempt = Attempt.objects.get()
        assert (attempt.account_id, attempt.attempts) == (accounts[3].pk, 5)
        assert attempt.set_aside_at == NOW
        alert = Alert.objects.open().get()
        assert (alert.kind, alert.account_id) == ("health_set_aside", accounts[3].pk)
        assert (alert.title, alert.because) == (
            f"Health of {accounts[3].name} could not be computed",
            because,
        )
        assert Touch.objects.count() == 0


@pytest.mark.slow
def test_an_account_that_fails_is_set_aside_after_five_attempts(acme, accounts, poison):
    times = poison(fail)

    tasks.score_touched(tenant_id=acme.pk)

    assert times == [7, 2, 1, 1, 1]
    assert_only_the_bad_one_is_set_aside(
        acme, accounts, "ValueError: a fact nobody can score"
    )


def ends_of(job, tenant, times):
    return [
        processes.wait(processes.start(job, tenant_id=tenant.pk)) for _ in range(times)
    ]


@pytest.mark.slow
@pytest.mark.fault
def test_an_account_that_kills_its_worker_is_set_aside(acme, accounts, poison):
    poison(lambda: os._exit(KILLED))

    assert ends_of(tasks.score_touched, acme, 6) == [KILLED] * 5 + [0]
    assert_only_the_bad_one_is_set_aside(
        acme, accounts, "The worker died five times while scoring it."
    )


@pytest.mark.slow
@pytest.mark.fault
def test_a_night_leaves_what_killed_its_worker_to_the_touches(acme, accounts, poison):
    poison(lambda: os._exit(KILLED))

    nights = ends_of(tasks.score_nights, acme, 2)
    turns = ends_of(tasks.score_touched, acme, 5)

    assert (nights, turns) == ([KILLED, 0], [KILLED] * 4 + [0])
    assert_only_the_bad_one_is_set_aside(
        acme, accounts, "The worker died five times while scoring it."
    )


@pytest.mark.slow
@pytest.mark.fault
def test_a_night_that_is_over_is_without_what_kills_its_worker(acme, accounts, poison):
    poison(lambda: os._exit(KILLED))
    with tenant_scope(acme.pk):
        Touch.objects.all().delete()
        Night.objects.create(tenant=acme, day=YESTERDAY)

    ends = ends_of(take_night_turns, acme, 6)

    good = [account.pk for account in accounts if account is not accounts[3]]
    assert ends == [KILLED] * 5 + [0]
    assert scored(acme) == [(pk, YESTERDAY) for pk in good]
    with tenant_scope(acme.pk):
        night = Night.objects.get()
        assert (night.accounts, night.finished_at) == (6, NOW)
        assert Alert.objects.open().get().account_id == accounts[3].pk


def take_night_turns(*, tenant_id):
    while services.take_night_turn(tenant_id):
        pass


@pytest.mark.slow
def test_a_changed_fact_tries_it_once_more(acme, accounts, poison, monkeypatch):
    times = poison(fail)
    tasks.score_touched(tenant_id=acme.pk)

    for _ in range(2):
        with tenant_scope(acme.pk):
            touch([accounts[3].pk], reason="ticket")
        tasks.score_touched(tenant_id=acme.pk)

    assert len(times) == 7
    with tenant_scope(acme.pk):
        assert Alert.objects.count() == 1
        touch([accounts[3].pk], reason="ticket")
    monkeypatch.undo()
    tasks.score_touched(tenant_id=acme.pk)

    assert (accounts[3].pk, TODAY) in scored(acme)
    with tenant_scope(acme.pk):
        assert (Attempt.objects.count(), Alert.objects.open().count()) == (0, 0)


def night(tenant):
    with tenant_scope(tenant.pk):
        Night.objects.all().delete()
    tasks.score_nights(tenant_id=tenant.pk)
    tasks.score_touched(tenant_id=tenant.pk)


@pytest.mark.slow
def test_the_next_night_tries_it_once_more(acme, accounts, poison, monkeypatch):
    times = poison(fail)
    night(acme)

    night(acme)

    assert len(times) == 6
    monkeypatch.undo()
    night(acme)
    assert len(scored(acme)) == 7
    with tenant_scope(acme.pk):
        assert (Attempt.objects.count(), Alert.objects.open().count()) == (0, 0)


@pytest.mark.slow
def test_what_another_worker_holds_is_left_to_it(acme, accounts, poison):
    seen = []

    def look():
        seen.append(services.take_touched_turn(acme.pk))
        connection.close()

    def look_meanwhile():
        with tenant_scope(acme.pk):
            assert set(Attempt.objects.values_list("attempts", flat=True)) == {1}
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    times = poison(look_meanwhile)

    services.take_touched_turn(acme.pk)

    with tenant_scope(acme.pk):
        assert (Attempt.objects.count(), Touch.objects.count()) == (0, 0)
    assert (seen, times) == ([False], [7])
