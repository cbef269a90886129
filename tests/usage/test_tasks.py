"""Sweeps wake one task a tenant; a command does it at once; a moved tenant is recounted."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from tenants.models import Tenant
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.factories.usage import SourceFactory
from tests.usage.oracle import Message
from tests.usage.rollups import feature_days, roll_up_all, store
from usage import tasks, waking
from usage.models import Cell, IngestBatch

LATE = datetime(2026, 5, 4, 21, tzinfo=UTC)


def opened(number=1, at=LATE):
    return Message(f"{number:032x}", "track", at, at, "u", "", "acme", "", "open")


@pytest.fixture
def woken(monkeypatch):
    calls = []
    for name in ("roll_up_tenant", "watch_sources"):
        monkeypatch.setattr(
            getattr(tasks, name),
            "apply_async",
            lambda name=name, **how: calls.append((name, how["kwargs"]["tenant_id"])),
        )
    return calls


def test_the_sweep_wakes_a_task_for_each_tenant_with_batches_that_wait(
    committed, woken
):
    waiting, done, aside = TenantFactory.create_batch(3)
    for tenant in (waiting, done, aside):
        with tenant_scope(tenant.pk):
            source = SourceFactory()
            store([opened(1)], source=source)
            store([opened(2)], source=source)
    with tenant_scope(done.pk):
        IngestBatch.objects.update(rolled_up_at=LATE)
    with tenant_scope(aside.pk):
        IngestBatch.objects.update(set_aside_at=LATE)

    tasks.sweep_rollups()

    assert woken == [("roll_up_tenant", waiting.pk)]


def test_the_sweep_looks_after_sources_that_ever_sent(committed, woken):
    used, unused = TenantFactory.create_batch(2)
    with tenant_scope(used.pk):
        SourceFactory(last_event_at=LATE)
    with tenant_scope(unused.pk):
        SourceFactory()

    tasks.sweep_silence()

    assert woken == [("watch_sources", used.pk)]


def test_the_command_rolls_up_until_nothing_is_left_and_says_so(committed):
    acme = TenantFactory(slug="acme")
    with tenant_scope(acme.pk):
        store([opened(1), opened(2)], source=SourceFactory())
    told = StringIO()

    call_command("roll_up", tenant="acme", stdout=told)
    call_command("roll_up", stdout=told)

    assert told.getvalue().splitlines() == [
        "acme: 1 batches, 2 events, 0 batches set aside",
        "acme: 0 batches, 0 events, 0 batches set aside",
    ]


def test_the_repair_puts_right_what_is_wrong(in_tenant):
    store([opened(1)], source=SourceFactory())
    roll_up_all()
    Cell.objects.update(events=7)
    told = StringIO()

    call_command("recount_usage", check=True, stdout=told)
    call_command("recount_usage", stdout=told)
    call_command("recount_usage", check=True, stdout=told)

    assert told.getvalue().splitlines() == [
        "acme: 1 cells, 1 feature days, 1 user days and the slots of 0 differ",
        "acme: 1 events counted again",
        "acme: 0 cells, 0 feature days, 0 user days and the slots of 0 differ",
    ]


def test_days_are_counted_again_where_the_tenant_moves(in_tenant):
    store([opened(1)], source=SourceFactory())
    roll_up_all()
    before = feature_days()

    Tenant.objects.update(timezone="Asia/Almaty")
    roll_up_all()

    assert before == {("acme", date(2026, 5, 4), "open"): (1, 1)}
    assert feature_days() == {("acme", date(2026, 5, 5), "open"): (1, 1)}


def test_a_slice_that_leaves_something_queues_the_rest(committed, monkeypatch):
    left, done = TenantFactory.create_batch(2)
    hints = []
    monkeypatch.setattr(
        waking,
        "send_hint",
        lambda task, given, **how: hints.append((task, given["tenant_id"])),
    )
    with tenant_scope(left.pk):
        store([opened(1)], source=SourceFactory())
    monkeypatch.setattr(tasks, "SLICE", 0)
    tasks.roll_up_tenant.run(tenant_id=left.pk)
    monkeypatch.setattr(tasks, "SLICE", 60)

    tasks.roll_up_tenant.run(tenant_id=left.pk)
    tasks.roll_up_tenant.run(tenant_id=done.pk)

    assert hints == [("usage.roll_up_tenant", left.pk)]
    with tenant_scope(left.pk):
        assert IngestBatch.objects.filter(rolled_up_at=None).count() == 0


def test_hints_are_spaced(monkeypatch):
    sent, clock = [], [100.0]
    monkeypatch.setattr(waking.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(waking, "_last", {})
    monkeypatch.setattr(
        waking, "send_hint", lambda task, given, **how: sent.append(given["tenant_id"])
    )

    for tenant_id in (1, 1, 2):
        waking.wake_roll_up(tenant_id)
    clock[0] = 100.6
    waking.wake_roll_up(1)

    assert sent == [1, 2, 1]
