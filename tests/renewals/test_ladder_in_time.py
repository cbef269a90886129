"""The ladder over half a year: zones, clock changes, missed weeks, many schedulers.

T-SCH-1 to T-SCH-5, and a slow oracle that was written differently.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Contract
from messaging.models import Message
from renewals import services, tasks
from renewals.models import Reminder, Renewal, StageChange
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist.models import Alert, Task

END = date(2027, 1, 30)  # 90 days before: the night the clocks change in New York
MISSED = {*range(63, 56, -1), *range(33, 26, -1)}


def workspace(zone, **contract):
    tenant = TenantFactory(timezone=zone)
    owner = MembershipFactory(tenant=tenant).user
    MembershipFactory(tenant=tenant, role=Role.LEAD)
    with tenant_scope(tenant.pk):
        ContractFactory(
            account=AccountFactory(owner=owner, score=20),
            **{"starts_on": date(2026, 1, 30), "ends_on": END} | contract,
        )
    return tenant


@contextmanager
def schedulers(number):
    """That many at once, each with a connection of its own, all starting together."""
    barrier = Barrier(number)

    def run(tenant):
        barrier.wait()
        services.remind_tenant(tenant.pk)

    def leave(_):
        barrier.wait()
        connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        yield lambda tenant: list(pool.map(run, [tenant] * number))
        list(pool.map(leave, range(number)))


def at_local(day, hour, zone):
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def done(tenant):
    """Everything the ladder did in a workspace."""
    with tenant_scope(tenant.pk):
        return {
            "reminders": list(
                Reminder.objects.order_by("-step").values_list(
                    "step", "state", "handled_on"
                )
            ),
            "tasks": list(Task.objects.order_by("pk").values_list("kind", flat=True)),
            "alerts": list(Alert.objects.order_by("pk").values_list("kind", flat=True)),
            "stages": list(StageChange.objects.values_list("stage", flat=True)),
            "mails": sorted(
                Message.objects.filter(channel="email").values_list("kind", flat=True)
            ),
        }


def before(days):
    return END - timedelta(days=days)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["Asia/Almaty", "America/New_York"])
def test_each_consequence_once_by_two_schedulers_twice_a_day(committed, zone):
    tenant = workspace(zone)

    with schedulers(2) as run:
        for days in range(130, -6, -1):
            if days in MISSED:
                continue
            for hour in (time(0, 5), time(23, 55)):
                with time_machine.travel(
                    at_local(before(days), hour, zone), tick=False
                ):
                    run(tenant)

    assert done(tenant) == {
        "reminders": [
            (120, "fired", before(120)),
            (90, "fired", before(90)),
            (60, "fired", before(56)),
            (30, "fired", before(26)),
            (7, "fired", before(7)),
        ],
        "tasks": ["renewal.check", "renewal.call"],
        "alerts": ["renewal.low_health", "renewal.stuck"],
        "stages": ["preparation"],
        "mails": [
            "renewal.low_health",
            "renewal.stuck",
            "renewal.urgent",
            "renewal.urgent",
        ],
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "fires_at"),
    [
        # 90 days before END is 1 November, the day the clocks change in New York.
        ("Pacific/Kiritimati", datetime(2026, 10, 31, 10, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),
        ("Asia/Almaty", datetime(2026, 10, 31, 19, 0, tzinfo=UTC)),
    ],
)
def test_a_step_fires_when_the_workspaces_day_begins(committed, zone, fires_at):
    tenant = workspace(zone)
    with time_machine.travel(fires_at - timedelta(days=31), tick=False):
        services.remind_tenant(tenant.pk)

    with time_machine.travel(fires_at - timedelta(minutes=1), tick=False):
        services.remind_tenant(tenant.pk)
    too_early = done(tenant)["stages"]
    with time_machine.travel(fires_at, tick=False):
        services.remind_tenant(tenant.pk)

    assert (too_early, done(tenant)["stages"]) == ([], ["preparation"])


@pytest.mark.parametrize(
    ("ends_on", "checked_on"),
    [
        (date(2028, 6, 28), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2026, 9, 2)),
        (date(2027, 3, 31), date(2026, 12, 1)),
    ],
)
def test_month_ends_and_the_29th_of_february_count_as_days(
    in_tenant, ends_on, checked_on
):
    ContractFactory(ends_on=ends_on)

    for day in range(-2, 3):
        services.fire_reminders(on=checked_on + timedelta(days=day))

    rows = Reminder.objects.values_list("step", "handled_on", "due_on")
    assert list(rows) == [(120, checked_on, checked_on)]


@pytest.mark.slow
def test_a_scheduler_off_for_three_days_fires_all_once_and_late(committed):
    tenant = workspace("Europe/Berlin")
    for days in (121, 117, 117, 116):
        services.remind_tenant(tenant.pk, on=before(days))

    with tenant_scope(tenant.pk):
        assert [r.is_late for r in Reminder.objects.all()] == [True]


@pytest.mark.slow
def test_a_clock_that_jumps_neither_repeats_nor_misses(committed):
    tenant = workspace("UTC")
    noon = datetime.combine(before(121), time(12), UTC)

    for hours in (0, 2, -1, 24, 0, 24, -24, 24, 24 * 400, 26):
        with time_machine.travel(noon + timedelta(hours=hours), tick=False):
            services.remind_tenant(tenant.pk)

    steps = [(step, state) for step, state, _ in done(tenant)["reminders"]]
    assert steps == [(step, "fired") for step in (120, 90, 60, 30, 7)]


@pytest.mark.slow
def test_the_sweep_wakes_only_tenants_with_work(committed, monkeypatch):
    woken = []
    monkeypatch.setattr(
        tasks.remind, "apply_async", lambda kwargs, expires: woken.append(kwargs)
    )
    due, idle = workspace("Asia/Almaty"), workspace("UTC")
    instant = at_local(before(120), time(0, 30), "Asia/Almaty")
    for tenant in (due, idle):
        services.remind_tenant(tenant.pk, on=before(125))

    with time_machine.travel(instant, tick=False):
        tasks.sweep_reminders()

    assert woken == [{"tenant_id": due.pk, "on": before(120).isoformat()}]
    tasks.remind(**woken[0])
    assert done(due)["tasks"] == ["renewal.check"]


@pytest.mark.slow
def test_the_command_fires_as_of_a_day(committed, capsys):
    tenant, other = workspace("UTC"), workspace("UTC")

    for _ in range(2):
        call_command("fire_reminders", tenant=tenant.slug, as_of=before(119))

    assert (len(done(tenant)["reminders"]), done(other)["reminders"]) == (1, [])
    assert capsys.readouterr().out == (
        f"{tenant.slug}: 1 renewals reminded of\n{tenant.slug}: 0 renewals reminded of\n"
    )


# The oracle: walks the days with a countdown and remembers what was said. Slow.


def oracle(runs, versions):
    """What is handled for a contract: {(end, step): state}, and in how many terms.

    `versions` are (day it is known, end, notice), in order; `runs` the days it is asked.
    """
    said, known, left_at_entry, left, terms, term = {}, None, None, None, 0, set()
    for day in sorted(runs):
        current = [v for v in versions if v[0] <= day]
        if not current:
            continue
        _, end, notice = current[-1]
        if known and is_renewed(known, end, day, is_deal=left <= 90):
            known, term = None, set()
        if known is None and end < day:
            continue
        left = (end - day).days - notice
        terms += known is None
        term.add(end)
        if known != (end, notice):
            known, left_at_entry = (end, notice), left
        for step in (120, 90, 60, 30, 7):
            if left > step or (end, step) in said:
                continue
            known_too_late = left_at_entry <= step
            tighter = [s for s in (90, 60, 30, 7) if s < step and left_at_entry <= s]
            elsewhere = any(
                (state, s) == ("fired", step) and e != end and e in term
                for (e, s), state in said.items()
            )
            is_skipped = known_too_late and (tighter or elsewhere)
            said[end, step] = "skipped" if is_skipped else "fired"
    return said, terms


def is_renewed(known, end, day, *, is_deal):
    """Four weeks and more came on top after the day to decide, or half a year to a deal."""
    was, notice = known
    grown = (end - was).days
    is_decided = (was - day).days <= notice
    return grown >= 28 and (is_decided or (is_deal and grown >= 180))


START = date(2028, 1, 1)
days = st.integers(0, 220).map(lambda n: START + timedelta(days=n))
version = st.tuples(days, st.integers(-5, 260), st.sampled_from([0, 0, 14, 30, 90]))


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    versions=st.lists(version, min_size=1, max_size=4),
    runs=st.sets(days, min_size=3, max_size=25),
)
def test_the_ladder_equals_the_oracle(in_tenant, versions, runs):
    versions = [
        (known, known + timedelta(days=length), notice)
        for known, length, notice in sorted(versions)
    ]

    with transaction.atomic():
        contract = ContractFactory(starts_on=date(2020, 1, 1), ends_on=None)
        for day in sorted(runs):
            current = [v for v in versions if v[0] <= day]
            if current:
                _, end, notice = current[-1]
                Contract.objects.filter(pk=contract.pk).update(
                    ends_on=end, notice_days=notice
                )
            for _ in range(2):
                services.fire_reminders(on=day)
        rows = Reminder.objects.values_list("ends_on", "step", "state")
        handled = {(end, step): state for end, step, state in rows}
        count = len(rows)
        renewals = Renewal.objects.count()
        transaction.set_rollback(True)

    assert (handled, renewals) == oracle(runs, versions)
    assert count == len(handled)
