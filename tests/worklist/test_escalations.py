"""An urgent alert nobody answers goes up the chain, each step exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connections

from messaging.models import Message
from tenants.models import Membership, Role
from tenants.scoping import tenant_scope
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist import services, tasks
from worklist.models import Alert, Escalation, EscalationRule, Priority

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAGE = "/t/acme/settings/escalation/"


@pytest.fixture
def boss(tenant, lead):
    """Whom the lead reports to."""
    above = MembershipFactory(tenant=tenant, role=Role.LEAD)
    Membership.objects.filter(tenant=tenant, user=lead).update(reports_to=above)
    return above.user


@pytest.fixture
def team(tenant, csm, lead):
    """The CSM reports to the lead."""
    above = Membership.objects.get(tenant=tenant, user=lead)
    Membership.objects.filter(tenant=tenant, user=csm).update(reports_to=above)


def open_urgent(owner, **fields):
    defaults = {
        "kind": "renewal.stuck",
        "subject": "renewal:1",
        "title": "Acme is stuck",
        "owner": owner,
        "priority": Priority.URGENT,
        "at": NOON,
    }
    return services.open_alert(**defaults | fields)


def sweep(*hours):
    return [services.escalate_alerts(at=NOON + n * HOUR) for n in hours]


def told():
    rows = Escalation.objects.order_by("level").values_list("level", "told", "at")
    return [(level, who, (at - NOON) / HOUR) for level, who, at in rows]


def mailed():
    rows = Message.objects.filter(channel="email").order_by("pk")
    return [row.recipient for row in rows]


def test_the_chain_is_told_step_by_step(in_tenant, team, csm, lead, boss, admin):
    open_urgent(csm)

    sweep(0, 3.9, 4, 4, 5, 7.9, 8, 8, 11.9, 12, 12, 50)

    assert told() == [(1, str(lead), 4), (2, str(boss), 8), (3, str(admin), 12)]
    assert mailed() == [lead, boss, admin]


def test_a_sweep_that_comes_late_leaves_each_step_its_hours(
    in_tenant, team, csm, lead, boss, admin
):
    open_urgent(csm)

    sweep(100, 100, 103, 104)

    assert told() == [(1, str(lead), 100), (2, str(boss), 104)]


def test_a_step_without_anybody_new_gives_way(in_tenant, team, csm, lead, admin):
    open_urgent(csm)

    sweep(4, 8)

    assert told() == [(1, str(lead), 4), (2, "", 8), (3, str(admin), 8)]


def test_the_owner_is_not_told_of_the_own_alert(in_tenant, lead, boss, admin):
    open_urgent(lead)

    sweep(4, 8, 12)

    assert mailed() == [boss, admin]


@pytest.mark.parametrize("answer", ["acknowledge", "resolve", "heal"])
def test_an_answer_stops_the_chain_and_takes_back_what_waits(
    in_tenant, team, csm, lead, boss, admin, answer
):
    alert = open_urgent(csm)
    sweep(4)

    if answer == "heal":
        services.heal_alerts(alert.kind, alert.subject)
    else:
        getattr(services, f"{answer}_alert")(alert, by=csm)
    sweep(8, 12)

    assert told() == [(1, str(lead), 4)]
    states = Message.objects.values_list("state", flat=True)
    assert list(states) == ["recalled", "recalled"]


@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.NORMAL])
def test_what_is_not_urgent_is_not_escalated(in_tenant, team, csm, lead, priority):
    open_urgent(csm, priority=priority)

    assert (sweep(4, 400), told()) == ([0, 0], [])


def test_the_hours_are_the_workspaces(in_tenant, team, csm, lead, admin):
    services.set_escalation(after_hours=1, by=admin)
    open_urgent(csm)
    sweep(1)
    first = told()
    services.set_escalation(after_hours=None, by=admin)

    sweep(50)

    assert (first, told()) == ([(1, str(lead), 1)], [(1, str(lead), 1)])


def test_each_alert_has_a_chain_of_its_own(in_tenant, team, csm, lead):
    open_urgent(csm)
    open_urgent(csm, subject="renewal:2", at=NOON + HOUR)

    assert sweep(4, 5, 5) == [1, 1, 0]


@pytest.mark.slow
def test_schedulers_at_once_tell_each_step_once(committed):
    tenant = TenantFactory()
    MembershipFactory(tenant=tenant, role=Role.LEAD)
    owner = MembershipFactory(tenant=tenant).user
    with tenant_scope(tenant.pk):
        for number in range(3):
            open_urgent(owner, subject=f"renewal:{number}")
    barrier = Barrier(4)

    def run(_):
        barrier.wait()
        with tenant_scope(tenant.pk):
            services.escalate_alerts(at=NOON + 4 * HOUR)
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))

    with tenant_scope(tenant.pk):
        services.escalate_alerts(at=NOON + 4 * HOUR)
        assert Escalation.objects.count() == 3
        assert Message.objects.filter(channel="email").count() == 3


@pytest.mark.slow
def test_the_sweep_wakes_only_workspaces_with_unanswered_alerts(committed, monkeypatch):
    woken = []
    monkeypatch.setattr(
        tasks.escalate, "apply_async", lambda kwargs, expires: woken.append(kwargs)
    )
    waiting, answered = TenantFactory(), TenantFactory()
    for tenant in (waiting, answered):
        lead = MembershipFactory(tenant=tenant, role=Role.LEAD).user
        owner = MembershipFactory(tenant=tenant).user
        with tenant_scope(tenant.pk):
            alert = open_urgent(owner)
            if tenant is answered:
                services.acknowledge_alert(alert, by=lead)

    tasks.sweep_escalations()
    tasks.escalate(**woken[0])

    assert woken == [{"tenant_id": waiting.pk}]
    with tenant_scope(waiting.pk):
        assert Escalation.objects.count() == 1


def test_the_page_keeps_the_hours(ops_client, in_tenant):
    shown = ops_client.get(PAGE).content.decode()
    answers = [ops_client.post(PAGE, {"after_hours": h}) for h in ("6", "0", "337")]
    kept = EscalationRule.objects.get().after_hours
    ops_client.post(PAGE, {"after_hours": ""})

    assert 'value="4"' in shown
    assert [answer.status_code for answer in answers] == [302, 422, 422]
    assert (kept, EscalationRule.objects.get().after_hours) == (6, None)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ops", 200), ("admin", 200), ("csm", 404), ("lead", 404), ("stranger", 404)],
)
def test_who_may_set_the_hours(request, sign_in, tenant, who, status):
    assert sign_in(request.getfixturevalue(who)).get(PAGE).status_code == status


def test_the_list_tells_who_was_told(lead_client, team, csm, lead, in_tenant):
    open_urgent(csm)
    sweep(4)

    page = lead_client.get("/t/acme/alerts/").content.decode()

    assert f"Nobody answered, so {lead} was told" in page
    assert Alert.objects.count() == 1
