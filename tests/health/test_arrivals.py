"""Tickets and invoices that stay away: one alert about what sends them."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Ticket
from health import tasks
from health.models import Scorecard
from health.scoring import SHIPPED
from health.services import watch_arrivals
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, TicketFactory
from tests.factories.tenants import TenantFactory
from tests.health.worked import NOW
from worklist.models import Alert
from worklist.services import resolve_alert


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def card(version=1, name="Points", **days):
    definition = SHIPPED["Points"] | {"facts_stale_after_days": days}
    Scorecard.objects.create(
        name=name, version=version, definition=definition, published_at=NOW
    )


def ticket(days=0):
    made = TicketFactory(account=AccountFactory(), opened_at=ago(days))
    Ticket.objects.filter(pk=made.pk).update(created_at=ago(days), updated_at=ago(days))
    return made


def ago(days) -> datetime:
    return NOW - timedelta(days=days)


def told(**narrow):
    alerts = Alert.objects.filter(kind="facts_stale", **narrow)
    return list(alerts.order_by("pk").values_list("subject", "title"))


def test_tickets_that_stay_away_raise_one_alert_about_what_sends_them(in_tenant):
    card(tickets=7, invoices=7)
    ticket(days=8)

    for _ in range(2):
        watch_arrivals(in_tenant)

    # No invoice ever came: there is nothing to be missed.
    assert told() == [("tickets", "No ticket has come in since 7 May 2026")]
    alert = Alert.objects.get()
    assert (alert.account, alert.owner, alert.path) == (None, None, "/health/coverage/")
    assert "longer than the 7 days" in alert.because


@pytest.mark.parametrize(
    ("days", "limits", "subjects"),
    [
        (7, {"tickets": 7}, []),
        (8, {"tickets": 7}, ["tickets"]),
        (8, {"tickets": 9}, []),
        (8, {}, []),
        (8, {"invoices": 1}, []),
    ],
)
def test_what_a_card_calls_stale_is_told(in_tenant, days, limits, subjects):
    card(**limits)
    ticket(days=days)

    watch_arrivals(in_tenant)

    assert [subject for subject, _title in told()] == subjects


def test_the_least_patient_card_in_force_counts(in_tenant):
    card(tickets=30)
    card(name="Strict", tickets=3)
    card(name="Former", tickets=1)
    card(name="Former", version=2)
    made = ticket(days=2)

    watch_arrivals(in_tenant)
    assert told() == []
    Ticket.objects.filter(pk=made.pk).update(created_at=ago(4), updated_at=ago(4))
    watch_arrivals(in_tenant)

    assert len(told()) == 1


def test_it_ends_when_one_comes_in_or_no_card_asks(in_tenant, time_machine):
    card(tickets=7)
    ticket(days=8)
    watch_arrivals(in_tenant)

    ticket()
    watch_arrivals(in_tenant)

    assert told(resolved_at=None) == []
    time_machine.move_to(NOW + timedelta(days=8), tick=False)
    watch_arrivals(in_tenant)
    assert len(told(resolved_at=None)) == 1
    card(version=2)
    watch_arrivals(in_tenant)
    assert (len(told()), told(resolved_at=None)) == (2, [])


def test_who_closed_it_is_not_told_of_the_same_silence_again(in_tenant, csm):
    card(tickets=7)
    ticket(days=8)
    watch_arrivals(in_tenant)

    resolve_alert(Alert.objects.get(), by=csm)
    watch_arrivals(in_tenant)

    assert len(told()) == 1


def test_the_worker_looks_at_each_tenant_whose_cards_ask(committed, monkeypatch):
    tenants = [TenantFactory() for _ in range(3)]
    for tenant in tenants[:2]:
        with tenant_scope(tenant.pk):
            card(tickets=7)
            ticket(days=8)
    monkeypatch.setattr(
        tasks.watch_arrivals,
        "apply_async",
        lambda kwargs, **options: tasks.watch_arrivals(**kwargs),
    )

    tasks.sweep_arrivals()

    counts = []
    for tenant in tenants:
        with tenant_scope(tenant.pk):
            counts.append(len(told()))
    assert counts == [1, 1, 0]
