"""Letters that wait in the outbox go out within the sending hours, too."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail

from accounts.models import WorkCalendar
from messaging.models import Message
from nps.models import Invitation, SurveySettings
from nps.queries.hours import opens_at
from tests.factories.nps import InvitationFactory
from tests.messaging.test_sending import deliver_at
from tests.nps.test_letters import put

# A Monday.
MONDAY = date(2026, 5, 4)


def at(day, hour, minute=0, month=5):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def queued(*, kind="survey.invitation", **fields):
    invitation = InvitationFactory(**fields)
    put(invitation, kind)
    message = Message.objects.get()
    message.next_attempt_at = invitation.sent_at
    message.save()
    return message


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(4, 9), None),
        (at(4, 17, 59), None),
        (at(4, 18), at(5, 9)),
        (at(4, 8, 59), at(4, 9)),
        # A Friday evening, a Saturday before and after the hour.
        (at(8, 18), at(11, 9)),
        (at(9, 3), at(11, 9)),
        (at(9, 12), at(11, 9)),
    ],
)
def test_a_letter_waits_for_the_next_sending_hour(in_tenant, now, until):
    assert opens_at(queued(), now) == until


def test_the_hours_are_those_of_the_workspace(in_tenant):
    in_tenant.timezone = "Asia/Almaty"  # five hours ahead of UTC
    in_tenant.save()
    SurveySettings.objects.create(send_from=10, send_to=12, sends_on_weekends=True)
    message = queued()

    found = [opens_at(message, now) for now in (at(4, 5), at(4, 7), at(9, 7))]

    assert found == [None, at(5, 5), at(10, 5)]


@pytest.mark.parametrize(
    ("reason", "until"), [("start", at(3, 9, month=8)), ("ticket", None)]
)
def test_in_dead_months_only_letters_of_tickets_go_out(in_tenant, reason, until):
    WorkCalendar.objects.create(dead_months=[7])

    assert opens_at(queued(reason=reason), at(1, 9, month=7)) == until


def test_letters_of_friday_evening_go_out_on_monday_morning(in_tenant):
    friday = at(8, 17, 55)
    for _ in range(3):
        queued_one = InvitationFactory(
            planned_on=friday.date(), sent_at=friday, expires_at=at(7, 9, month=6)
        )
        put(queued_one, "survey.invitation")

    for now in (at(8, 18), at(9, 12), at(10, 12), at(11, 8, 59)):
        deliver_at(in_tenant, now)
    early = (len(mail.outbox), set(Message.objects.values_list("attempts", flat=True)))
    deliver_at(in_tenant, at(11, 9))

    assert early == (0, {0})
    assert len(mail.outbox) == 3
    kept = Invitation.objects.values_list("sent_at__date", "is_late")
    assert list(kept) == [(date(2026, 5, 11), True)] * 3
    lasts = {one.expires_at - one.sent_at for one in Invitation.objects.all()}
    assert [span.days for span in lasts] == [30]


@pytest.mark.parametrize("kind", ["survey.invitation", "survey.reminder"])
def test_a_server_that_fails_in_the_evening_is_tried_again_in_the_morning(
    in_tenant, settings, kind
):
    queued(kind=kind, sent_at=at(4, 17))
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for now in (at(4, 17, 30), at(4, 17, 33), at(4, 18, 15)):
        deliver_at(in_tenant, now)
    message = Message.objects.get()
    settings.EMAIL_BACKEND = backend

    deliver_at(in_tenant, at(5, 9))

    assert (message.attempts, message.next_attempt_at) == (2, at(5, 9))
    assert len(mail.outbox) == 1
