"""An invitation as calendar programs read it (RFC 5545, RFC 5546)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Customer success platform//Reviews//EN"


@dataclass(frozen=True)
class Guest:
    name: str
    email: str


@dataclass(frozen=True)
class Meeting:
    """A review as a calendar shows it. Its key stays the same when it is moved."""

    key: str
    sequence: int
    starts_at: datetime
    minutes: int
    summary: str
    description: str
    place: str
    organizer: Guest
    guests: tuple[Guest, ...]
    stamp: datetime


def invitation(meeting: Meeting, *, host: str) -> bytes:
    """The file that asks the guests; one of a higher sequence replaces it."""
    return _file("REQUEST", "CONFIRMED", meeting, host)


def cancellation(meeting: Meeting, *, host: str) -> bytes:
    """The file that takes the meeting out of the calendars again."""
    return _file("CANCEL", "CANCELLED", meeting, host)


def withdrawal(meeting: Meeting, *, host: str) -> bytes:
    """The file that takes it out of the calendars of the guests it names alone.

    Without a status: the meeting itself stands (RFC 5546, 3.2.5).
    """
    return _file("CANCEL", "", meeting, host)


def entry(meeting: Meeting, *, host: str) -> bytes:
    """The file for one's own calendar: it asks nobody."""
    return _file("PUBLISH", "CONFIRMED", replace(meeting, guests=()), host)


def _file(method, status, meeting, host):
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    event = Event()
    event.add("uid", f"review-{meeting.key}@{host}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.stamp)
    # Instants in UTC: each program shows them by its own clock.
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.starts_at + timedelta(minutes=meeting.minutes))
    event.add("summary", meeting.summary)
    event.add("description", meeting.description)
    if meeting.place:
        event.add("location", meeting.place)
    if status:
        event.add("status", status)
    event.add("transp", "OPAQUE")
    if meeting.organizer.email:
        event["organizer"] = _address(meeting.organizer)
    for guest in meeting.guests:
        event.add("attendee", _asked(guest), encode=0)
    calendar.add_component(event)
    return calendar.to_ical()


def _address(person):
    address = vCalAddress(f"MAILTO:{person.email}")
    address.params["CN"] = vText(person.name)
    return address


def _asked(guest):
    address = _address(guest)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("NEEDS-ACTION")
    address.params["RSVP"] = vText("TRUE")
    return address
