"""Rolling up with real commits: killed workers, two at once, and a batch that fails."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from django.db import connection, connections

from tenants.scoping import tenant_scope
from tests import databases, processes
from tests.factories.tenants import TenantFactory
from tests.factories.usage import SourceFactory
from tests.usage.oracle import Message, Oracle
from tests.usage.rollups import feature_days, store, unassigned, user_days
from usage.models import IngestBatch
from usage.queries.audit import Differences, differences
from usage.services import rolling
from usage.services.attempts import retry_set_aside
from usage.services.running import Total, roll_up_tenant
from worklist.models import Alert

START = datetime(2026, 5, 1, 22, tzinfo=UTC)
ZONE = "Asia/Almaty"
KILLED = 9
KILLS = int(os.environ.get("ROLL_UP_KILLS", "6"))


@pytest.fixture
def acme(committed):
    return TenantFactory(slug="acme", timezone=ZONE)


def story(number=240):
    """Events of ten people, some anonymous first, who join accounts as they go."""
    messages = []
    for n in range(number):
        at = START + timedelta(minutes=17 * n)
        kind = ("track", "track", "page", "group", "track", "identify")[n % 6]
        messages.append(
            Message(
                key=f"{n:032x}",
                kind=kind,
                at=at,
                received=at,
                user=f"u{n % 10}" if kind != "page" else "",
                anonymous=f"a{n % 7}",
                group=f"g{n % 4}" if kind == "group" else "",
                name=f"f{n % 3}" if kind in ("track", "page") else "",
            )
        )
    # Late things explain early ones.
    return messages[::-1]


def stored(tenant, messages, size=40):
    with tenant_scope(tenant.pk):
        source = SourceFactory()
        for first in range(0, len(messages), size):
            store(messages[first : first + size], source=source)


def assert_true(tenant, messages):
    oracle = Oracle(messages, zone=ZONE)
    with tenant_scope(tenant.pk):
        assert feature_days() == oracle.feature_days()
        assert user_days() == oracle.user_days()
        assert unassigned() == oracle.unassigned()
        assert differences(ZONE) == Differences(0, 0, 0, 0)
        assert IngestBatch.objects.filter(rolled_up_at=None).count() == 0


@pytest.mark.slow
@pytest.mark.fault
def test_a_worker_killed_in_its_transaction_changes_nothing(acme):
    messages = story()
    stored(acme, messages)

    for _ in range(KILLS):
        kill_in_the_middle(acme)
        with tenant_scope(acme.pk):
            assert (feature_days(), user_days()) == ({}, {})

    subprocess.run(worker_command(), env=worker_environment(), check=True)
    assert_true(acme, messages)


def kill_in_the_middle(tenant):
    """Start a worker, stop it at its last statement by a lock, and kill -9 it."""
    holder = psycopg2.connect(databases.database_url("owner"))
    with holder.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_touch IN ACCESS EXCLUSIVE MODE")
        process = subprocess.Popen(
            worker_command(),
            env=worker_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        pid = wait_for_waiter()
    process.send_signal(signal.SIGKILL)
    process.wait()
    holder.rollback()
    holder.close()
    wait_for_end_of(pid)


def worker_command():
    return [sys.executable, "manage.py", "roll_up", "--tenant", "acme"]


def worker_environment():
    return os.environ | databases.environment()


def ask(statement, *given):
    connections["owner"].ensure_connection()
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()


def wait_for_waiter(seconds=60):
    """The backend of the worker, once it waits for the table we hold."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask(
            "SELECT pid FROM pg_locks WHERE NOT granted"
            " AND relation = 'accounts_touch'::regclass"
        )
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError("the worker never came to its touches")


def wait_for_end_of(pid, seconds=60):
    end = time.monotonic() + seconds
    while ask("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_two_workers_at_once_count_everything_once(acme):
    messages = story()
    stored(acme, messages, size=8)
    errors = []

    def work():
        try:
            roll_up_tenant(acme.pk, wait=True)
        except Exception as error:  # noqa: BLE001 (shown by the assertion below)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert_true(acme, messages)


@pytest.mark.slow
def test_a_batch_that_fails_five_times_is_set_aside_and_holds_up_nobody(
    acme, monkeypatch
):
    messages = story(120)
    stored(acme, messages)
    with tenant_scope(acme.pk):
        bad = IngestBatch.objects.order_by("pk")[1]
    whole = rolling._messages

    def messages_of(batches):
        if bad.pk in {batch.pk for batch in batches}:
            raise ValueError("a row nobody can count")
        return whole(batches)

    monkeypatch.setattr(rolling, "_messages", messages_of)
    total = roll_up_tenant(acme.pk)

    assert total == Total(batches=2, events=total.events, set_aside=1)
    with tenant_scope(acme.pk):
        waiting = IngestBatch.objects.get(rolled_up_at=None)
        assert (waiting.pk, waiting.attempts) == (bad.pk, 5)
        assert waiting.error == "ValueError: a row nobody can count"
        assert list(Alert.objects.open().values_list("kind", flat=True)) == [
            "usage_set_aside"
        ]

    monkeypatch.setattr(rolling, "_messages", whole)
    with tenant_scope(acme.pk):
        assert retry_set_aside(by=None) == 1
    roll_up_tenant(acme.pk)
    assert_true(acme, messages)
    with tenant_scope(acme.pk):
        assert Alert.objects.open().count() == 0


@pytest.mark.slow
@pytest.mark.fault
def test_a_batch_that_kills_its_worker_five_times_is_set_aside(acme, monkeypatch):
    messages = story(120)
    stored(acme, messages, size=12)
    with tenant_scope(acme.pk):
        bad = IngestBatch.objects.order_by("pk")[4]
    whole, sizes = rolling._messages, []

    def messages_of(batches):
        if bad.pk in {batch.pk for batch in batches}:
            os._exit(KILLED)
        return whole(batches)

    monkeypatch.setattr(rolling, "_messages", messages_of)
    for _ in range(6):
        pid = processes.start(roll_up_tenant, acme.pk)
        sizes.append(processes.wait(pid))

    assert sizes == [KILLED] * 5 + [0]
    with tenant_scope(acme.pk):
        waiting = IngestBatch.objects.get(rolled_up_at=None)
        assert (waiting.pk, waiting.attempts) == (bad.pk, 5)
        alert = Alert.objects.open().get()
        assert (alert.kind, alert.because) == (
            "usage_set_aside",
            "The worker died five times while counting them.",
        )

    monkeypatch.undo()
    with tenant_scope(acme.pk):
        assert retry_set_aside(by=None) == 1
    roll_up_tenant(acme.pk)
    assert_true(acme, messages)


def test_a_tenant_that_is_being_rolled_up_is_left_alone(acme):
    stored(acme, story(6))
    holder = psycopg2.connect(databases.database_url("default"))
    roll_up_tenant(acme.pk)
    stored_again = story(12)[:6]
    with tenant_scope(acme.pk):
        source = SourceFactory()
        store(stored_again, source=source)
    with holder.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.tenant_id TO {acme.pk}")
        cursor.execute("SELECT 1 FROM usage_ledger FOR UPDATE")

        total = roll_up_tenant(acme.pk)

    holder.rollback()
    holder.close()
    assert total == Total(is_busy=True)
