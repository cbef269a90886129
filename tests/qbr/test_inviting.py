"""Invitations: a mail to each with a file that calendars read."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes

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

ANNA = "anna@globus.example"
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


def calendars(address):
    """What that address was sent, as its calendar program reads it, in its order."""
    letters = [one for one in mail.outbox if one.to == [address]]
    parsed = [message_from_bytes(one.message().as_bytes()) for one in letters]
    parts = [part for one in parsed for part in one.walk()]
    found = [
        Calendar.from_ical(part.get_payload(decode=True))
        for part in parts
        if part.get_content_type() == "text/calendar"
    ]
    return sorted(found, key=sequence)


def event_of(calendar):
    (event,) = calendar.walk("VEVENT")
    return event


def told(calendar):
    """Method, sequence and start: what decides what a calendar does with it."""
    event = event_of(calendar)
    return str(calendar["METHOD"]), event["SEQUENCE"], event.decoded("DTSTART")


def asked_in(calendar):
    guests = event_of(calendar)["ATTENDEE"]
    return sorted(map(str, guests if isinstance(guests, list) else [guests]))


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

    calendar = calendars(ANNA)[-1]
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
    for _ in range(2):
        services.invite(review, by=csm)
    deliver(in_tenant.pk, seconds=5)

    assert [told(one) for one in calendars(ANNA)] == [
        ("REQUEST", 0, AT),
        ("REQUEST", 1, AT),
    ]


@pytest.mark.parametrize(
    ("change", "start"),
    [
        ({"scheduled_at": AT + timedelta(days=1)}, AT + timedelta(days=1)),
        ({"place": "Room 7"}, AT),
        ({"minutes": 90}, AT),
    ],
)
def test_a_review_that_is_moved_moves_in_every_calendar(
    change, start, review, csm, in_tenant
):
    services.invite(review, by=csm)
    first = services.change_review(review, by=csm, **change)
    services.change_review(first, by=csm, **change)  # the same again: nothing to tell
    deliver(in_tenant.pk, seconds=5)

    for address in (ANNA, csm.email):
        before, after = calendars(address)
        assert (told(before), told(after)) == (
            ("REQUEST", 0, AT),
            ("REQUEST", 1, start),
        )
        assert event_of(before)["UID"] == event_of(after)["UID"]
        assert asked_in(after) == sorted([f"MAILTO:{ANNA}", f"MAILTO:{csm.email}"])
    letter = next(one for one in mail.outbox if "Изменено" in one.subject)
    assert "Было: понедельник, 12 октября 2026, 10:00" in letter.body


def test_what_stands_in_no_calendar_is_changed_without_a_mail(review, csm, in_tenant):
    services.change_review(review, scheduled_at=AT + timedelta(days=1), by=csm)
    services.invite(review, by=csm)
    services.change_review(review, due_on=date(2026, 11, 1), language="en", by=csm)

    assert Message.objects.filter(kind="review.invitation").count() == 2


def test_a_new_owner_has_it_in_the_calendar_too(review, csm, lead, in_tenant):
    services.invite(review, by=csm)
    services.change_review(review, owner=lead, by=csm)
    deliver(in_tenant.pk, seconds=5)

    (theirs,) = calendars(lead.email)
    assert told(theirs) == ("REQUEST", 1, AT)
    assert event_of(theirs)["ORGANIZER"] == f"MAILTO:{lead.email}"
    assert told(calendars(ANNA)[-1]) == ("REQUEST", 1, AT)


def test_who_is_taken_off_loses_it_and_the_others_keep_it(review, csm, in_tenant):
    services.invite(review, by=csm)
    anna = review.attendees.get(contact__name="Анна")
    gone = services.take_off(review, anna.pk, by=csm)
    services.invite(review, by=csm)
    deliver(in_tenant.pk, seconds=5)

    asked, cancelled = calendars(ANNA)
    event = event_of(cancelled)
    assert gone.invited_as == ANNA
    assert (told(asked), told(cancelled)) == (("REQUEST", 0, AT), ("CANCEL", 1, AT))
    assert event["UID"] == event_of(asked)["UID"]
    # The meeting stands: only this guest is named, and it is not called cancelled.
    assert (asked_in(cancelled), "STATUS" in event) == ([f"MAILTO:{ANNA}"], False)
    assert event["ORGANIZER"] == f"MAILTO:{csm.email}"
    ours = calendars(csm.email)
    assert [told(one) for one in ours] == [("REQUEST", 0, AT), ("REQUEST", 2, AT)]
    assert asked_in(ours[-1]) == [f"MAILTO:{csm.email}"]


def test_who_was_not_invited_is_taken_off_without_a_word(review, csm, in_tenant):
    services.take_off(review, review.attendees.get(contact__name="Анна").pk)
    services.invite(review, by=csm)
    late = services.ask(review, name="Late", email="late@globus.example")
    services.take_off(review, late.pk)

    addresses = Message.objects.values_list("address", flat=True)
    assert list(addresses.filter(kind="review.invitation")) == [csm.email]


def test_an_address_that_two_share_keeps_it_while_one_is_asked(review, csm, in_tenant):
    twin = services.ask(review, name="Яна", email=ANNA.upper())
    services.invite(review, by=csm)

    services.take_off(review, twin.pk)
    deliver(in_tenant.pk, seconds=5)

    assert [told(one) for one in calendars(ANNA)] == [("REQUEST", 0, AT)]


def test_an_address_somebody_had_before_loses_it(review, csm, in_tenant):
    services.invite(review, by=csm)
    review.account.contacts.filter(name="Анна").update(email="anna@new.example")
    services.invite(review, by=csm)
    deliver(in_tenant.pk, seconds=5)

    assert [told(one)[:2] for one in calendars(ANNA)] == [("REQUEST", 0), ("CANCEL", 1)]
    assert [told(one)[:2] for one in calendars("anna@new.example")] == [("REQUEST", 2)]


def test_a_review_called_off_leaves_the_calendars(review, csm, in_tenant):
    services.invite(review, by=csm)
    services.ask(review, name="Late", email="late@globus.example")
    services.cancel_review(review, why="No time", by=csm)
    deliver(in_tenant.pk, seconds=5)

    for address in (ANNA, csm.email):
        calendar = calendars(address)[-1]
        assert told(calendar) == ("CANCEL", 1, AT)
        assert event_of(calendar)["STATUS"] == "CANCELLED"
    assert calendars("late@globus.example") == []


def test_a_review_of_nobody_is_called_off_all_the_same(review, csm, in_tenant):
    services.invite(review, by=csm)
    review.refresh_from_db()
    review.owner = review.account.owner = None
    review.save()
    review.account.save()

    services.cancel_review(review, why="No time")
    deliver(in_tenant.pk, seconds=5)

    assert told(calendars(ANNA)[-1]) == ("CANCEL", 1, AT)


def test_an_hour_people_were_invited_to_is_moved_but_not_taken_away(review, csm):
    services.change_review(review, scheduled_at=None)
    services.change_review(review, scheduled_at=AT)
    services.invite(review, by=csm)

    with pytest.raises(ValidationError, match="People were invited"):
        services.change_review(review, scheduled_at=None)
    moved = services.change_review(review, scheduled_at=AT + timedelta(days=1))

    assert moved.scheduled_at == AT + timedelta(days=1)


def test_nobody_is_told_of_a_review_nobody_was_invited_to(review, csm):
    services.cancel_review(review, why="No time", by=csm)

    assert Message.objects.filter(kind="review.invitation").count() == 0


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


def test_the_page_tells_whom_a_change_was_told(review, csm, csm_client):
    place = f"/t/acme/reviews/{review.pk}/"
    csm_client.post(f"{place}invitation/", {"words": ""})
    anna = review.attendees.get(contact__name="Анна")

    gone = csm_client.post(f"{place}attendees/{anna.pk}/removal/", follow=True)
    again = csm_client.post(f"{place}attendees/{anna.pk}/removal/")

    said = [str(message) for message in gone.context["messages"]]
    assert said[-1] == "Анна is told, and it leaves their calendar."
    assert again.status_code == 404


def invitation(client, review, **form):
    return client.post(f"/t/acme/reviews/{review.pk}/invitation/", form)


def test_an_invitation_without_who_decides_goes_when_that_is_said(review, csm_client):
    review.attendees.get(contact__name="Анна").delete()

    refused = invitation(csm_client, review)
    nobody = Message.objects.filter(kind="review.invitation").count()
    sent = invitation(csm_client, review, goes_without="on")

    assert (refused.status_code, sent.status_code, nobody) == (422, 302, 0)
    assert list(refused.context["invitation_form"].errors) == ["goes_without"]
    assert Message.objects.filter(kind="review.invitation").count() == 1


def test_who_decides_but_has_no_address_is_said_as_loudly(review, csm_client):
    review.account.contacts.filter(name="Анна").update(email="")

    response = invitation(csm_client, review)

    decider = response.context["decider"]
    assert response.status_code == 422
    assert (decider.is_there, [str(one) for one in decider.unreachable]) == (
        True,
        ["Анна"],
    )
    assert "No invitation reaches the decision maker" in response.content.decode()
