"""Schedulers and workers are killed in the middle; the results are as if they were not."""

import random
import time
from datetime import date, timedelta

import pytest

from messaging.models import Message
from renewals import services
from renewals.models import Reminder, Renewal, StageChange
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests import processes
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist.models import Alert, Task

START = date(2026, 3, 1)
CONTRACTS = 25
KILLS = 20


def workspace():
    """Contracts that end all over the coming months; known in time."""
    tenant = TenantFactory()
    owner = MembershipFactory(tenant=tenant).user
    MembershipFactory(tenant=tenant, role=Role.LEAD)
    with tenant_scope(tenant.pk):
        for n in range(CONTRACTS):
            ContractFactory(
                account=AccountFactory(
                    external_id=f"a{n}", name=f"Name {n}", owner=owner, score=20 + n * 2
                ),
                external_id=f"c{n}",
                starts_on=date(2025, 3, 1),
                ends_on=START + timedelta(days=125 + n * 3 % 70),
                notice_days=n % 3 * 10,
            )
        services.fire_reminders(on=START - timedelta(days=30))
    return tenant


def done(tenant):
    """All that was done, in words that do not depend on the ids of a workspace."""
    with tenant_scope(tenant.pk):
        return {
            "reminders": sorted(
                Reminder.objects.values_list(
                    "contract__external_id", "ends_on", "step", "state"
                )
            ),
            "renewals": sorted(
                Renewal.objects.values_list(
                    "contract__external_id", "stage", "next_fire_on"
                )
            ),
            "stages": sorted(
                StageChange.objects.values_list(
                    "renewal__contract__external_id", "stage"
                )
            ),
            "tasks": sorted(Task.objects.values_list("account__external_id", "kind")),
            "alerts": sorted(Alert.objects.values_list("account__external_id", "kind")),
            "messages": sorted(
                Message.objects.values_list("kind", "subject", "channel")
            ),
        }


def settle(tenant, on):
    """Sweep until nothing is due: the server may need a moment to see that a killed
    worker is gone, and until then its rows are passed over."""
    for _ in range(100):
        services.remind_tenant(tenant.pk, on=on)
        with tenant_scope(tenant.pk):
            if not Renewal.objects.due(on).exists():
                return
        time.sleep(0.05)


def started(tenant, on):
    return processes.start(services.remind_tenant, tenant.pk, on=on)


@pytest.mark.slow
@pytest.mark.fault
def test_a_worker_killed_20_times_in_the_middle_does_each_thing_once(committed):
    disturbed, calm = workspace(), workspace()
    day, kills = START, 0

    while day < START + timedelta(days=240):
        began = time.monotonic()
        services.remind_tenant(calm.pk, on=day)
        took = time.monotonic() - began
        for _ in range(3):
            pid = started(disturbed, day)
            kills += processes.kill_after(pid, random.uniform(0, 0.8) * took)  # noqa: S311 (any moment will do)
        settle(disturbed, day)
        day += timedelta(days=10)

    assert kills >= KILLS
    assert done(disturbed) == done(calm)
    assert len(done(calm)["reminders"]) == CONTRACTS * 5


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.parametrize("number", [0, 1, 2, 5])
def test_any_number_of_schedulers_with_kills_does_each_thing_once(committed, number):
    disturbed, calm = workspace(), workspace()
    days = [START + timedelta(days=n * 40) for n in range(6)]

    for day in days:
        services.remind_tenant(calm.pk, on=day)
        pids = [started(disturbed, day) for _ in range(number)]
        for place, pid in enumerate(pids):
            if place % 2:
                processes.kill_after(pid, random.uniform(0, 0.1))  # noqa: S311 (any moment will do)
            else:
                assert processes.wait(pid) == 0
        if number:
            settle(disturbed, day)
    settle(disturbed, days[-1])

    missing_in_time = {"messages"} if number == 0 else set()  # late ones say so
    wanted, found = done(calm), done(disturbed)
    for name in set(wanted) - missing_in_time:
        assert found[name] == wanted[name]
    assert len(found["messages"]) == len(wanted["messages"])
