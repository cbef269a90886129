"""A letter that cannot be written, or kills its sender, ends and stops no other."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from messaging.models import Message
from messaging.services import announce, deliver, sending
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests import processes
from tests.factories.tenants import MembershipFactory, TenantFactory

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KILLED = 9


@pytest.fixture
def acme(committed):
    """Three mails of which the second is bad, and somebody who runs the workspace."""
    tenant = TenantFactory()
    person = MembershipFactory(tenant=tenant).user
    MembershipFactory(tenant=tenant, role=Role.ADMIN)
    with tenant_scope(tenant.pk):
        for subject in ("First", "Bad", "Third"):
            announce(to=person, kind="x", subject=subject, unique_key=subject, at=NOON)
    return tenant


def spoil(monkeypatch, harm):
    compose = sending.compose

    def composed(message, tenant):
        if message.subject == "Bad":
            harm()
        return compose(message, tenant)

    monkeypatch.setattr(sending, "compose", composed)


def letters(tenant):
    with tenant_scope(tenant.pk):
        mails = Message.objects.filter(channel="email").order_by("pk")
        return list(mails.values_list("subject", "state", "attempts", "error"))


def told(tenant):
    with tenant_scope(tenant.pk):
        found = Message.objects.filter(kind="messaging.undelivered")
        return list(
            found.values_list("subject", "channel", "recipient__memberships__role")
        )


def fail():
    raise LookupError("no such word")


@pytest.mark.slow
def test_a_letter_that_cannot_be_written_stops_no_other(
    acme, monkeypatch, time_machine
):
    spoil(monkeypatch, fail)

    time_machine.move_to(NOON, tick=False)
    deliver(acme.pk, seconds=60)
    assert [one.subject for one in mail.outbox] == ["First", "Third"]
    for days in range(1, 7):
        time_machine.move_to(NOON + timedelta(days=days), tick=False)
        deliver(acme.pk, seconds=60)

    assert letters(acme) == [
        ("First", "sent", 1, ""),
        ("Bad", "dead", 5, "LookupError('no such word')"),
        ("Third", "sent", 1, ""),
    ]
    assert told(acme) == [("Messages could not be delivered", "in_app", "admin")]


@pytest.mark.slow
@pytest.mark.fault
def test_a_letter_that_kills_its_sender_is_dead_after_five_attempts(
    acme, monkeypatch, time_machine
):
    spoil(monkeypatch, lambda: os._exit(KILLED))

    ends = []
    for days in range(7):
        time_machine.move_to(NOON + timedelta(days=days), tick=False)
        pid = processes.start(deliver, acme.pk, seconds=60)
        ends.append(processes.wait(pid))

    assert ends.count(KILLED) == 5
    assert [(subject, state) for subject, state, *_ in letters(acme)] == [
        ("First", "sent"),
        ("Bad", "dead"),
        ("Third", "sent"),
    ]
    assert told(acme) == [("Messages could not be delivered", "in_app", "admin")]
