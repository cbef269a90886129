"""The sender is killed between sending and marking: nothing is lost, and a second copy
carries the same Message-ID."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from messaging.models import Message
from messaging.services import announce, deliver, sending
from tenants.scoping import tenant_scope
from tests import processes
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.messaging.sink import Sink, running

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MAILS, KILLS = 6, 4


def _die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def _deliver_and_die(tenant_id):
    sending._mark = _die
    deliver(tenant_id, seconds=5)


@pytest.mark.slow
@pytest.mark.fault
def test_a_sender_killed_before_the_mark_loses_nothing(committed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    tenant = TenantFactory()
    people = [MembershipFactory(tenant=tenant).user for _ in range(MAILS)]
    with tenant_scope(tenant.pk):
        announce(to=people, kind="x", subject="Hi", unique_key="fact", at=NOON)
    sink = Sink()

    with running(sink) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        with time_machine.travel(NOON, tick=True):
            for _ in range(KILLS):
                pid = processes.start(_deliver_and_die, tenant.pk)
                assert processes.wait(pid) == -signal.SIGKILL
            deliver(tenant.pk, seconds=5)
        with time_machine.travel(NOON + timedelta(minutes=3), tick=True):
            deliver(tenant.pk, seconds=5)

    with tenant_scope(tenant.pk):
        states = Message.objects.filter(channel="email").values_list("state", flat=True)
        assert list(states) == ["sent"] * MAILS
    identities = [mail["Message-ID"] for mail in sink.accepted]
    assert (len(identities), len(set(identities))) == (MAILS + KILLS, MAILS)
