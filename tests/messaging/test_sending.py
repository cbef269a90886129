"""T-SCH-6: the outbox against a server that accepts, refuses, drops and hangs."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from messaging import tasks
from messaging.models import Message
from messaging.services import announce, deliver, recall, retry_message, sending
from tenants.models import AuditEntry, Membership
from tenants.scoping import tenant_scope
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.messaging.sink import Sink, running

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PATIENCE = [timedelta(minutes=m) for m in (2, 8, 32, 128)]


@pytest.fixture
def smtp(settings):
    def use(port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 0.3

    return use


def tell(to, **fields):
    defaults = {
        "kind": "renewal.urgent",
        "subject": "Decide",
        "body": "7 days are left.",
        "path": "/renewals/1/",
        "unique_key": "fact:1",
        "at": NOON,
    }
    announce(to=to, **defaults | fields)


def email():
    return Message.objects.get(channel="email")


def deliver_at(tenant, at, seconds=1):
    with time_machine.travel(at, tick=True):
        deliver(tenant.pk, seconds=seconds)


def test_a_mail_is_sent_once_with_absolute_links(in_tenant, csm, settings):
    settings.SITE_URL = "https://cs.example.com"
    tell(csm)

    deliver_at(in_tenant, NOON)
    deliver_at(in_tenant, NOON + timedelta(days=1))

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([csm.email], "Decide")
    assert sent.extra_headers["Message-ID"] == f"<{email().pk}@cs.example.com>"
    html = sent.alternatives[0].content
    for part in (sent.body, html):
        assert "https://cs.example.com/t/acme/renewals/1/" in part
        assert "https://cs.example.com/t/acme/settings/notifications/" in part
    assert (email().state, email().attempts) == ("sent", 1)


def test_a_subject_cannot_make_a_header(in_tenant, csm):
    tell(csm, subject="Decide\r\nBcc: evil@example.com")

    deliver_at(in_tenant, NOON)

    assert mail.outbox[0].subject == "Decide Bcc: evil@example.com"


def test_a_mail_to_one_who_left_is_not_sent(in_tenant, csm):
    tell(csm)
    Membership.objects.filter(user=csm).update(is_active=False)

    deliver_at(in_tenant, NOON)

    assert (mail.outbox, email().state) == ([], "dead")


def test_a_recalled_mail_is_not_sent(in_tenant, csm):
    tell(csm)
    recall(["fact:1"])

    deliver_at(in_tenant, NOON)

    assert (mail.outbox, email().state) == ([], "recalled")


def test_a_mail_recalled_between_claim_and_send_is_not_sent(
    in_tenant, csm, monkeypatch
):
    claim = sending._claim

    def claim_then_recall(at):
        message = claim(at)
        recall(["fact:1"])
        return message

    tell(csm)
    monkeypatch.setattr(sending, "_claim", claim_then_recall)

    deliver_at(in_tenant, NOON)

    assert (mail.outbox, email().state) == ([], "recalled")


def test_a_full_mailbox_is_tried_five_times_and_then_is_dead(in_tenant, csm, smtp):
    sink, at = Sink(*["452 full"] * 9), NOON
    tell(csm)

    with running(sink) as port:
        smtp(port)
        for wait in [*PATIENCE, timedelta(0)]:
            deliver_at(in_tenant, at)
            deliver_at(in_tenant, at + wait - timedelta(seconds=5))
            at += wait + timedelta(seconds=5)
        deliver_at(in_tenant, at + timedelta(days=9))

    assert (len(sink.seen), len(set(sink.seen))) == (5, 1)
    assert (email().state, email().attempts) == ("dead", 5)
    assert email().error == "452 full"


def test_a_mail_refused_for_now_goes_out_later(in_tenant, csm, smtp):
    sink = Sink("451 greylisted", "250 OK")
    tell(csm)

    with running(sink) as port:
        smtp(port)
        deliver_at(in_tenant, NOON)
        deliver_at(in_tenant, NOON + timedelta(minutes=3))

    assert [one["Message-ID"] for one in sink.accepted] == sink.seen[:1]
    assert (email().state, email().attempts, email().error) == ("sent", 2, "")


@pytest.mark.parametrize("answer", ["rcpt 550 unknown", "554 spam"])
def test_a_mail_refused_for_good_is_dead_at_once(in_tenant, csm, smtp, answer):
    tell(csm)

    with running(Sink(answer)) as port:
        smtp(port)
        deliver_at(in_tenant, NOON)

    assert (email().state, email().attempts) == ("dead", 1)


def test_one_refused_mail_does_not_hold_up_the_next(in_tenant, csm, lead, smtp):
    sink = Sink("rcpt 550 unknown", "250 OK")
    tell([csm, lead])

    with running(sink) as port:
        smtp(port)
        deliver_at(in_tenant, NOON)

    went = Message.objects.filter(channel="email").order_by("state")
    assert list(went.values_list("state", flat=True)) == ["dead", "sent"]
    assert [one["To"] for one in sink.accepted] == [went[1].address]


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["hang", "drop"])
def test_a_server_that_hangs_or_drops_is_left_within_the_timeout(
    in_tenant, csm, lead, smtp, answer
):
    sink = Sink(answer)
    tell([csm, lead])
    started = time.monotonic()

    with running(sink) as port:
        smtp(port)
        deliver_at(in_tenant, NOON, seconds=60)
        took = time.monotonic() - started
        tried = sorted(
            Message.objects.filter(channel="email").values_list("attempts", flat=True)
        )
        deliver_at(in_tenant, NOON + timedelta(minutes=3), seconds=60)

    assert (took < 2, tried) == (True, [0, 1])
    identities = [one["Message-ID"] for one in sink.accepted]
    assert (len(identities), sink.seen[0] in identities) == (2, True)


def test_no_server_leaves_the_mail_waiting(in_tenant, csm, smtp):
    tell(csm)
    smtp(1)

    deliver_at(in_tenant, NOON)

    assert (email().state, email().attempts) == ("waiting", 1)
    assert "ConnectionRefused" in email().error


def test_a_mail_that_kills_its_sender_five_times_is_dead(in_tenant, csm):
    tell(csm)
    Message.objects.update(attempts=5)

    deliver_at(in_tenant, NOON)

    assert (mail.outbox, email().state) == ([], "dead")


def test_retry_gives_a_dead_mail_all_its_attempts_and_is_audited(in_tenant, csm, admin):
    tell(csm)
    Message.objects.filter(channel="email").update(state="dead", attempts=5, error="x")

    retry_message(email(), by=admin)
    deliver(in_tenant.pk, seconds=1)

    assert (email().state, len(mail.outbox)) == ("sent", 1)
    assert list(AuditEntry.objects.values_list("action", "by")) == [
        ("message.retried", admin.pk)
    ]


@pytest.mark.slow
def test_the_sweep_wakes_each_tenant_with_due_mail_once(committed, monkeypatch):
    woken = []
    monkeypatch.setattr(
        tasks.deliver, "apply_async", lambda kwargs, expires: woken.append(kwargs)
    )
    tenants = [TenantFactory() for _ in range(3)]
    for tenant, wait in zip(tenants, (0, 0, 60), strict=True):
        person = MembershipFactory(tenant=tenant).user
        with tenant_scope(tenant.pk):
            for key in ("one", "two"):
                tell(person, unique_key=key, at=NOON + timedelta(seconds=wait))

    with time_machine.travel(NOON + timedelta(seconds=1), tick=False):
        tasks.sweep_outbox()

    assert woken == [
        {"tenant_id": tenant.pk, "seconds": tasks.SLICE} for tenant in tenants[:2]
    ]


def test_a_slice_ends_so_that_other_tenants_get_their_turn(in_tenant, csm):
    for key in range(3):
        tell(csm, unique_key=str(key))

    deliver_at(in_tenant, NOON, seconds=0)

    assert len(mail.outbox) == 1
