from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist import services
from worklist.models import Alert, Task

DAY = date(2026, 5, 1)


def make_task(owner, **fields):
    defaults = {"kind": "call", "title": "Call them", "owner": owner, "due_on": DAY}
    return services.create_task(**defaults | fields)


def test_create_task_twice_for_one_fact_makes_one(in_tenant, csm):
    first = make_task(csm, unique_key="fact:1")

    second = make_task(csm, unique_key="fact:1", title="Other words")

    assert second == first
    assert list(Task.objects.values_list("title", flat=True)) == ["Call them"]


def test_create_task_by_hand_twice_makes_two(in_tenant, csm):
    make_task(csm)
    make_task(csm)

    assert Task.objects.count() == 2


def test_close_task_keeps_the_first_closing(in_tenant, csm, lead):
    task = make_task(csm)

    services.close_task(task, by=csm)
    closed = services.close_task(task, by=lead, dismissed=True)

    assert (closed.status, closed.closed_by) == (Task.Status.DONE, csm)


def test_open_alert_is_one_episode_until_it_is_over(in_tenant, lead):
    def open_it():
        return services.open_alert(
            kind="renewal.stuck", subject="renewal:1", title="Stuck", owner=lead
        )

    first = open_it()
    same = open_it()
    healed = services.heal_alerts("renewal.stuck", "renewal:1")
    again = open_it()

    assert (first == same, healed, again == first) == (True, 1, False)
    assert Alert.objects.count() == 2
    assert Alert.objects.get(pk=first.pk).resolved_by is None


def test_heal_alerts_leaves_other_subjects(in_tenant, lead):
    for subject in ("source:1", "source:2"):
        services.open_alert(kind="silent", subject=subject, title="x", owner=lead)

    services.heal_alerts("silent", "source:1")

    open_subjects = Alert.objects.open().values_list("subject", flat=True)
    assert list(open_subjects) == ["source:2"]


def test_acknowledge_and_resolve_keep_who_was_first(in_tenant, csm, lead):
    alert = services.open_alert(kind="silent", subject="s", title="x", owner=lead)

    services.acknowledge_alert(alert, by=csm)
    services.acknowledge_alert(alert, by=lead)
    services.resolve_alert(alert, by=csm)
    over = services.resolve_alert(alert, by=lead)

    assert (over.acknowledged_by, over.resolved_by) == (csm, csm)


@pytest.mark.slow
def test_create_task_at_once_makes_one(committed):
    tenant = TenantFactory(slug="acme")
    owner = MembershipFactory(tenant=tenant).user
    with tenant_scope(tenant.pk):
        account = AccountFactory()
    barrier, made = Barrier(4), []

    def create():
        with tenant_scope(tenant.pk):
            barrier.wait()
            task = make_task(owner, account=account, unique_key="fact:1")
            made.append(task.pk)
        connection.close()

    threads = [Thread(target=create) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert (len(made), len(set(made))) == (4, 1)
