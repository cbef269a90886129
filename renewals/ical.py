"""A calendar as programs read it (RFC 5545): days in, text out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Customer success platform//Renewals//EN"
# How often a program is asked to look again.
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """Something on one day. Its key stays the same whatever becomes of it."""

    key: str
    day: date
    summary: str
    description: str
    url: str
    created_at: datetime
    changed_at: datetime


def calendar_text(name: str, *, zone: str, host: str, entries) -> bytes:
    """The file; the same entries make the same file."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, host))
    return calendar.to_ical()


def _event(entry, host):
    event = Event()
    event.add("uid", f"{entry.key}@{host}")
    # A day without hours: it begins on the day and ends before the next one.
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("dtstamp", entry.changed_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", _sequence(entry))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _sequence(entry):
    """Grows with every change: the seconds it is old."""
    return max(0, int((entry.changed_at - entry.created_at).total_seconds()))
