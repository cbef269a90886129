"""Invitations: a mail to each with a file that calendars read."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from icalendar import Calendar

from messaging.models import Message
from messaging.services import deliver
from qbr import services
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.qbr import review_of

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
AT = datetime(2026, 10, 12, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def review(in_tenant, csm):
    account = AccountFactory(owner=csm, name="Глобус", language="ru")
    ContactFactory(account=account, name="Анна", roles=["decision_maker"],
                   email="anna@globus.example")  # fmt: skip
    ContactFactory(account=account, name="Zed", roles=["user"], email="")
    return review_of(account, scheduled_at=AT, place="Room 5")


def files():
    """By address the calendar file that counts: the one of the highest sequence."""
    found = {}
    for sent in mail.outbox:
        for part in sent.message().walk():
            if part.get_content_type() == "text/calendar":
                told = Calendar.from_ical(part.get_payload(decode=True))
                known = found.setdefault(sent.to[0], told)
                found[sent.to[0]] = max(known, told, key=sequence)
    return found


def sequence(calendar):
    return calendar.walk("VEVENT")[0]["SEQUENCE"]


def test_everybody_with_an_address_is_asked_in_their_language(review, csm, in_tenant):
    count = services.invite(review, by=csm, words="До встречи!")
    deliver(in_tenant.pk, seconds=5)

    letters = {sent.to[0]: sent for sent in mail.outbox}
    assert count == 2
    assert sorted(letters) == sorted([csm.email, "anna@globus.example"])
    theirs = letters["anna@globus.example"]
    assert theirs.reply_to == [csm.email]
    assert "До встречи!" in theirs.body
    assert "Room 5" in theirs.body
    assert "понедельник, 12 октября 2026" in theirs.body
    assert "Monday, 12 October 2026" in letters[csm.email].body


def test_the_file_says_when_where_and_who(review, csm, in_tenant):
    services.invite(review, by=csm)
    deliver(in_tenant.pk, seconds=5)

    calendar = files()["anna@globus.example"]
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert (event["UID"].startswith(f"review-{review.pk}@"), event["SEQUENCE"]) == (
        True,
        0,
    )
    assert event.decoded("DTSTART") == AT
    assert event.decoded("DTEND") == AT + timedelta(minutes=60)
    assert event["LOCATION"] == "Room 5"
    assert event["ORGANIZER"] == f"MAILTO:{csm.email}"
    assert sorted(str(one) for one in event["ATTENDEE"]) == sorted(
        ["MAILTO:anna@globus.example", f"MAILTO:{csm.email}"]
    )


def test_an_invitation_sent_again_replaces_the_first(review, csm, in_tenant):
    services.invite(review, by=csm)
    services.change_review(review, scheduled_at=AT + timedelta(days=1), by=csm)
    services.invite(review, by=csm)
    deliver(in_tenant.pk, seconds=5)

    (event,) = files()["anna@globus.example"].walk("VEVENT")
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (1, AT + timedelta(days=1))
    assert Message.objects.filter(kind="review.invitation").count() == 4


def test_a_review_called_off_leaves_the_calendars(review, csm, in_tenant):
    services.invite(review, by=csm)
    services.cancel_review(review, why="No time", by=csm)

    told = [services.tell_cancellation(review, by=csm) for _ in range(2)]
    deliver(in_tenant.pk, seconds=5)

    calendar = files()["anna@globus.example"]
    (event,) = calendar.walk("VEVENT")
    assert told == [2, 2]
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == (
        "CANCEL",
        "CANCELLED",
        1,
    )
    assert Message.objects.filter(kind="review.invitation").count() == 4


def test_an_hour_people_were_invited_to_is_moved_but_not_taken_away(review, csm):
    services.change_review(review, scheduled_at=None)
    services.change_review(review, scheduled_at=AT)
    services.invite(review, by=csm)

    with pytest.raises(ValidationError, match="People were invited"):
        services.change_review(review, scheduled_at=None)
    moved = services.change_review(review, scheduled_at=AT + timedelta(days=1))

    assert moved.scheduled_at == AT + timedelta(days=1)


def test_nobody_is_told_of_a_review_nobody_was_invited_to(review, csm):
    cancelled = services.cancel_review(review, why="No time", by=csm)

    assert services.tell_cancellation(cancelled) == 0


def test_an_invitation_without_an_hour_is_refused(in_tenant, csm):
    review = review_of(AccountFactory(owner=csm))

    with pytest.raises(ValidationError, match="an hour"):
        services.invite(review, by=csm)


def test_the_preparation_has_begun_once_people_are_asked(review, csm):
    services.invite(review, by=csm)

    review.refresh_from_db()
    assert review.status == "preparing"


def test_a_person_takes_the_review_into_the_own_calendar(review, csm_client):
    response = csm_client.get(f"/t/acme/reviews/{review.pk}/review.ics")

    calendar = Calendar.from_ical(response.content)
    (event,) = calendar.walk("VEVENT")
    assert response["Content-Type"] == "text/calendar"
    assert (calendar["METHOD"], "ATTENDEE" in event) == ("PUBLISH", False)
    assert event["SEQUENCE"] == 0
