"""When a person is not to be disturbed: plain times in, an instant out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(
    at: datetime, *, starts: time, ends: time, zone: str
) -> datetime | None:
    """The instant at which the quiet hours that `at` falls into end; None outside them.

    They begin at `starts` and end before `ends` by the clock of the zone, over midnight
    when they end no later than they begin. In the hour that a clock change repeats they
    end the first time.
    """
    local = at.astimezone(ZoneInfo(zone))
    is_evening = local.time() >= starts
    is_morning = local.time() < ends
    is_quiet = (
        (is_evening and is_morning) if starts < ends else is_evening or is_morning
    )
    if not is_quiet:
        return None
    day = local.date()
    if not is_morning:
        day += timedelta(days=1)
    until = datetime.combine(day, ends, ZoneInfo(zone)).astimezone(UTC)
    return until if until > at else None
