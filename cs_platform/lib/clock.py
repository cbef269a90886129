"""The one clock. Instants are UTC; days are the tenant's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def day_of(instant: datetime, zone: str) -> date:
    """The day an instant falls on in a time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The first instant of a day in a time zone, in UTC.

    Where midnight does not exist (a clock change at midnight) it is the first instant
    that does.
    """
    local = datetime.combine(day, time(), ZoneInfo(zone))
    return local.astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The first instant of the next day: a day is half open."""
    return start_of(day + timedelta(days=1), zone)
