"""Two people at the same deal at once: one wins, the other is told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from renewals import services
from renewals.models import ChecklistItem, Renewal, StageChange
from tenants.models import AuditEntry, Role
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = pytest.mark.slow
END = date(2026, 12, 31)
ROUNDS = 10


@pytest.fixture
def acme(committed):
    """A deal in preparation and two leads, each in a session of their own."""
    tenant = TenantFactory(slug="acme")
    people = [MembershipFactory(tenant=tenant, role=Role.LEAD).user for _ in range(2)]
    with tenant_scope(tenant.pk):
        renewal = renewal_of(ends_on=END, name="Nova")
        services.fire_reminders(on=date(2026, 11, 22))
    tenant.renewal, tenant.people = renewal, people
    # The first request registers the counters of the site; threads are not to race for
    # that.
    Client().get("/t/acme/renewals/")
    return tenant


def at_once(actions):
    """Do these in threads that begin together, each on a connection of its own."""
    barrier = Barrier(len(actions))

    def begin(action):
        barrier.wait()
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(begin, actions))


def posts(acme, rest, bodies):
    """Each person sends their form; the statuses and what was said."""

    def send(person, body):
        client = Client()
        client.force_login(person)
        address = f"/t/acme/renewals/{acme.renewal.pk}/{rest}"
        return lambda: client.post(address, body)

    sent = [send(*one) for one in zip(acme.people, bodies, strict=True)]
    return at_once(sent)


def test_of_two_moves_at_once_one_wins_and_the_other_is_told(acme):
    bodies = [
        {"stage": stage, "reason": f"because of {stage}"}
        for stage in ("initiation", "negotiation")
    ]
    wins = []
    for _ in range(ROUNDS):
        answers = posts(acme, "stage/?was=preparation", bodies)

        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [204, 409]
        winner, loser = statuses.index(204), statuses.index(409)
        assert "Somebody else was first" in answers[loser].content.decode()
        with tenant_scope(acme.pk):
            stage = Renewal.objects.get(pk=acme.renewal.pk).stage
            changes = StageChange.objects.filter(was="preparation")
            kept = [(c.stage, c.by, c.reason) for c in changes]
            audits = AuditEntry.objects.filter(action="renewal.skipped").count()
            assert stage == bodies[winner]["stage"]
            assert kept == [(stage, acme.people[winner], f"because of {stage}")]
            assert audits == len(wins) + 1
            services.move_renewal(acme.renewal, stage="preparation", by=None)
            StageChange.objects.filter(was="preparation").delete()
        wins.append(winner)


def test_of_two_plans_at_once_one_wins_and_the_other_keeps_its_words(acme):
    for _ in range(ROUNDS):
        with tenant_scope(acme.pk):
            seen = Renewal.objects.get(pk=acme.renewal.pk).plan_mark
        bodies = [{"next_step": f"Step of {n}", "seen": seen} for n in range(2)]

        answers = posts(acme, "plan/", bodies)

        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [302, 409]
        loser = statuses.index(409)
        page = answers[loser].content.decode()
        assert f'value="Step of {loser}"' in page
        assert f"now: Step of {1 - loser}." in page
        with tenant_scope(acme.pk):
            renewal = Renewal.objects.get(pk=acme.renewal.pk)
            assert renewal.next_step == f"Step of {1 - loser}"
            services.change_plan(
                renewal, by=None, next_step="", next_step_on=None, owner=None
            )


def test_of_two_ticks_at_once_the_first_stays(acme):
    bodies = [{"key": "qbr", "evidence": f"Seen by {n}"} for n in range(2)]

    answers = posts(acme, "ticks/", bodies)

    assert [answer.status_code for answer in answers] == [302, 302]
    with tenant_scope(acme.pk):
        tick = ChecklistItem.objects.get()
        audits = AuditEntry.objects.filter(action="renewal.ticked").count()
    first = acme.people.index(tick.done_by)
    assert (tick.evidence, audits) == (f"Seen by {first}", 1)


def test_a_move_and_an_outcome_at_once_leave_one_truth(acme):
    bodies = [
        {"stage": "initiation", "reason": "They hurry"},
        {"result": "renewed", "amount": "12000"},
    ]
    clients = []
    for person in acme.people:
        client = Client()
        client.force_login(person)
        clients.append(client)
    root = f"/t/acme/renewals/{acme.renewal.pk}/"

    moved, decided = at_once(
        [
            lambda: clients[0].post(root + "stage/?was=preparation", bodies[0]),
            lambda: clients[1].post(root + "outcome/", bodies[1]),
        ]
    )

    with tenant_scope(acme.pk):
        stage = Renewal.objects.get(pk=acme.renewal.pk).stage
        history = [c.stage for c in StageChange.objects.order_by("at", "created_at")]
    # The outcome is never lost; a move that came second is told.
    assert (decided.status_code, stage, history[-1]) == (302, "renewed", "renewed")
    expected = {204: ["initiation", "renewed"], 409: ["renewed"]}[moved.status_code]
    assert history[1:] == expected
