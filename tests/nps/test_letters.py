"""Real mail: over SMTP to a server on this machine, and read back as a reader gets it."""

import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser

import pytest
import time_machine
from django.test import Client

from messaging.models import Message
from messaging.services import deliver, retry_message
from nps.models import (
    Invitation,
    OptOut,
    Response,
    SurveyLogo,
    SurveySettings,
    SurveyWording,
)
from nps.services import ask_customers, stop_asking
from tenants.scoping import tenant_scope
from tests.factories.nps import InvitationFactory
from tests.messaging.sink import Sink, running

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63606060f80f0001040100a6d3c5e80000000049454e44ae426082"
)
pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=True) as traveller:
        yield traveller


@pytest.fixture
def post(tenant, settings):
    """Puts a letter for an invitation (None: nothing new) into the outbox and has what
    is due delivered."""
    settings.SITE_URL = "https://cs.example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 2

    def posted(invitation, *answers, kind="survey.invitation"):
        sink = Sink(*answers)
        with running(sink) as port:
            settings.EMAIL_PORT = port
            with tenant_scope(tenant.pk):
                if invitation is not None:
                    put(invitation, kind)
                deliver(tenant.pk, seconds=1)
        return [again_parsed(one) for one in sink.accepted]

    return posted


def put(invitation, kind):
    Message.objects.create(
        channel="email",
        unique_key=f"survey:{invitation.pk}:{kind.rpartition('.')[2]}",
        kind=kind,
        address=invitation.address,
        subject="?",
        next_attempt_at=AT,
    )


def again_parsed(mail):
    return BytesParser(policy=policy.default).parsebytes(mail.as_bytes())


def invite(tenant, **fields):
    with tenant_scope(tenant.pk):
        return InvitationFactory(**{"address": "anna@customer.example"} | fields)


def state_of(invitation):
    with tenant_scope(invitation.tenant_id):
        return Invitation.objects.get(pk=invitation.pk).state


def links(text):
    return re.findall(r"https://cs\.example\.com(/s/[^\s\"<]+)", text)


def test_a_letter_has_eleven_links_in_both_parts_and_each_leads_to_its_number(
    tenant, post
):
    invitation = invite(tenant)

    (mail,) = post(invitation)

    html = mail.get_body(("html",)).get_content()
    text = mail.get_body(("plain",)).get_content()
    assert (links(html), len(links(text))) == (links(text), 11)
    assert [link.rsplit("/", 2)[1] for link in links(html)] == [
        str(score) for score in range(11)
    ]
    page = Client().get(links(html)[7]).content.decode()
    assert '<input type="hidden" name="score" value="7">' in page
    Client().post(links(html)[7], {"score": "7"})
    with tenant_scope(tenant.pk):
        assert Response.objects.get().score == 7


def test_a_letter_says_who_writes_and_how_to_stop_with_one_click(tenant, post):
    with tenant_scope(tenant.pk):
        SurveySettings.objects.create(
            sender_name="Acme, Ltd", reply_to="help@acme.example", colour="#ffee00"
        )
    invitation = invite(tenant)

    (mail,) = post(invitation)

    assert mail["From"].addresses[0].display_name == "Acme, Ltd"
    assert (mail["To"], mail["Reply-To"]) == (
        "anna@customer.example",
        "help@acme.example",
    )
    assert mail["Subject"] == "One question about Acme, Ltd"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    stop = re.fullmatch(
        r"<https://cs\.example\.com(/u/[\w.-]+/)>", mail["List-Unsubscribe"].strip()
    )[1]
    answer = Client(enforce_csrf_checks=True).post(
        stop,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert (answer.status_code, state_of(invitation)) == (200, "declined")


def test_a_letter_speaks_the_reader_s_language_and_the_survey_s_words(tenant, post):
    invitation = invite(tenant, language="ru", survey__kind="csat")
    with tenant_scope(tenant.pk):
        SurveyWording.objects.create(
            survey=invitation.survey, language="ru", question="Помогли\r\nли вам?"
        )

    (mail,) = post(invitation)

    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"].strip() == "Как вам помогла поддержка Acme?"
    assert "Помогли" in text
    assert len(links(text)) == 5


def test_a_logo_comes_with_the_letter_and_asks_no_server(tenant, post):
    with tenant_scope(tenant.pk):
        logo = SurveyLogo.objects.create(
            content=PICTURE, content_type="image/png", width=1, height=1
        )
        SurveySettings.objects.create(logo=logo)

    (mail,) = post(invite(tenant))

    html = mail.get_body(("html",)).get_content()
    (picture,) = [one for one in mail.walk() if one.get_content_type() == "image/png"]
    assert re.findall(r'<img src="([^"]+)"', html) == ["cid:logo@survey"]
    assert (picture["Content-ID"], picture.get_content()) == ("<logo@survey>", PICTURE)


def test_a_reminder_says_so(tenant, post):
    (mail,) = post(invite(tenant, state="reminded"), kind="survey.reminder")

    assert mail["Subject"] == "Reminder: One question about Acme"


@pytest.mark.parametrize("state", ["answered", "expired", "declined", "bounced"])
def test_a_letter_that_is_no_longer_so_is_not_sent(tenant, post, state):
    sent = post(invite(tenant, state=state))

    with tenant_scope(tenant.pk):
        assert (sent, Message.objects.get().state) == ([], "recalled")


def test_who_left_between_writing_and_sending_gets_no_letter(tenant, post):
    invitation = invite(tenant)
    with tenant_scope(tenant.pk):
        stop_asking("Anna@Customer.example", reason=OptOut.Reason.UNSUBSCRIBED)

    assert post(invitation) == []


def test_who_left_while_a_sweep_was_asking_gets_no_letter(tenant, post):
    invitation = invite(tenant)
    with tenant_scope(tenant.pk):
        # The sweep did not see it: the invitation still says that it was sent.
        OptOut.objects.create(address=invitation.address, reason="unsubscribed", at=AT)

    assert (post(invitation), state_of(invitation)) == ([], "sent")


@pytest.mark.parametrize(
    ("said", "state", "left"),
    [
        ("rcpt 550 5.1.1 no such user", "bounced", ["bounced"]),
        ("rcpt 552 5.2.2 mailbox full", "bounced", []),
        ("rcpt 550 5.7.1 refused by policy", "sent", []),
        ("554 5.7.1 spam", "sent", []),
        ("rcpt 451 4.2.0 later", "sent", []),
    ],
)
def test_a_letter_that_never_came_has_its_consequence(tenant, post, said, state, left):
    invitation = invite(tenant)

    sent = post(invitation, said)

    assert (sent, state_of(invitation)) == ([], state)
    with tenant_scope(tenant.pk):
        assert list(OptOut.objects.values_list("reason", flat=True)) == left


@pytest.fixture
def unreachable(tenant, settings):
    """Puts a letter into the outbox and lets its five attempts find no server."""

    def tried(invitation, clock, *, on):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        with tenant_scope(tenant.pk):
            put(invitation, "survey.invitation")
        for minutes in (0, 2, 10, 42, 170):
            clock.move_to(on + timedelta(minutes=minutes, seconds=5))
            deliver(tenant.pk, seconds=1)

    return tried


def retry(tenant, admin, *, kind="survey.invitation"):
    with tenant_scope(tenant.pk):
        retry_message(Message.objects.get(kind=kind), by=admin)


def test_a_letter_that_found_no_server_goes_out_when_it_is_sent_again(
    tenant, post, clock, unreachable, admin
):
    invitation = invite(tenant, planned_on=AT.date())
    unreachable(invitation, clock, on=AT)
    with tenant_scope(tenant.pk):
        letter = Message.objects.get(kind="survey.invitation")
        before = (letter.state, Invitation.objects.get().state)
    clock.move_to(AT + timedelta(days=2))
    retry(tenant, admin)

    sent = post(None)

    with tenant_scope(tenant.pk):
        kept = Invitation.objects.get()
    assert before == ("dead", "sent")
    assert [one["To"] for one in sent] == ["anna@customer.example"]
    assert (kept.state, kept.is_late) == ("sent", True)
    # Its reader has as many days as any other.
    assert kept.sent_at.date() == AT.date() + timedelta(days=2)
    assert kept.expires_at - kept.sent_at == timedelta(days=30)


def test_a_letter_of_which_nothing_is_known_gets_no_reminder(
    tenant, clock, unreachable
):
    invitation = invite(tenant, survey__reminder_after_days=3)
    arrived = invite(tenant, survey=invitation.survey, address="boris@customer.example")
    unreachable(invitation, clock, on=AT)

    ask_customers(tenant.pk, at=AT + timedelta(days=4))

    assert [state_of(one) for one in (invitation, arrived)] == ["sent", "reminded"]


def test_a_letter_that_never_went_out_spends_no_budget_once_it_is_too_late(
    tenant, post, clock, unreachable, admin
):
    invitation = invite(tenant, lapses_on=AT.date() + timedelta(days=1))
    arrived = invite(tenant, lapses_on=AT.date() + timedelta(days=1))
    unreachable(invitation, clock, on=AT)
    clock.move_to(AT + timedelta(days=2))
    retry(tenant, admin)

    sent = post(None)
    ask_customers(tenant.pk, at=AT + timedelta(days=2))

    assert (sent, state_of(arrived)) == ([], "sent")
    with tenant_scope(tenant.pk):
        kept = Invitation.objects.get(pk=invitation.pk)
        assert Invitation.objects.asked().get() == arrived
    assert (kept.state, kept.why_not) == ("recalled", "undelivered")


def test_an_address_where_nobody_is_is_not_planned_for_any_more(tenant, post):
    gone = invite(tenant)
    planned = invite(tenant, state="planned", sent_at=None)
    other = invite(
        tenant, state="planned", sent_at=None, address="boris@customer.example"
    )

    post(gone, "rcpt 550 5.1.1 no such user")

    assert [state_of(one) for one in (planned, other)] == ["recalled", "planned"]
