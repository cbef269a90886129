import pytest

from accounts.models import Touch
from accounts.services import touch
from cs_platform.celery import app
from health import tasks
from health.models import Night, RiskModel, Snapshot
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def asked(monkeypatch):
    """For which tenants a worker was woken, by task."""
    woken = {"health.score_touched": [], "health.score_nights": []}
    for task in (tasks.score_touched, tasks.score_nights):
        monkeypatch.setattr(
            task,
            "apply_async",
            lambda kwargs, name=task.name, **options: woken[name].append(
                kwargs["tenant_id"]
            ),
        )
    return woken


@pytest.fixture
def tenants(committed):
    """Two workspaces with a touched account, and one without."""
    made = [TenantFactory() for _ in range(3)]
    for tenant in made[:2]:
        with tenant_scope(tenant.pk):
            touch([account_of(CASES[0]).pk], reason="usage")
    return made


def test_a_worker_is_woken_for_each_tenant_with_touches(tenants, asked):
    tasks.sweep_touches()

    assert asked["health.score_touched"] == [tenant.pk for tenant in tenants[:2]]


def test_the_worker_scores_its_tenant_and_no_other(tenants):
    tasks.score_touched(tenant_id=tenants[0].pk)

    left = []
    for tenant in tenants[:2]:
        with tenant_scope(tenant.pk):
            left.append((Touch.objects.count(), Snapshot.objects.count()))
    assert left == [(0, 1), (1, 0)]


def test_each_tenant_has_its_night(tenants, asked):
    tasks.score_nights(tenant_id=tenants[0].pk)

    tasks.sweep_nightly()

    assert asked["health.score_nights"] == [tenant.pk for tenant in tenants[1:]]
    with tenant_scope(tenants[0].pk):
        assert list(Night.objects.values_list("day", "accounts")) == [(TODAY, 1)]


def test_the_schedule_knows_the_sweeps():
    known = {task for task in app.tasks if task.startswith("health.")}

    assert known >= {
        entry["task"]
        for entry in app.conf.beat_schedule.values()
        if entry["task"].startswith("health.")
    }
    assert {"health.sweep_touches", "health.sweep_nightly"} <= known


def test_the_sweep_wakes_who_has_something_to_learn(committed, monkeypatch):
    tenant = TenantFactory()
    woken = []
    monkeypatch.setattr(
        tasks.learn_risk, "apply_async", lambda kwargs, expires: woken.append(kwargs)
    )

    tasks.sweep_learning()

    assert woken == [{"tenant_id": tenant.pk}]


def test_learning_in_a_worker_leaves_a_version(committed):
    tenant = TenantFactory()

    tasks.learn_risk(tenant_id=tenant.pk)

    with tenant_scope(tenant.pk):
        assert RiskModel.objects.get().state == "not_enough"
