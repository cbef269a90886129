"""When an event occurred, from what clients say about it (docs/usage.md)."""

from datetime import UTC, datetime, timedelta

CLAMPED, UNREADABLE, SKEWED, CORRECTED = 1, 2, 4, 8
YEARS = range(1970, 2101)
EXACT = timedelta(minutes=1)
CORRECTABLE = timedelta(hours=24)
TOLERATED_FUTURE = timedelta(hours=1)
# Epoch seconds reach this in the year 5138, milliseconds reached it in 1973.
MILLISECONDS_FROM = 1e11
# "20260131" is a day; more digits than that are an epoch.
LONGEST_DAY = 8


def parse(value) -> datetime | None:
    """The instant a client names, or None when there is no reading it.

    ISO 8601 with 0 to 9 fractional digits, `Z`, an offset or none (UTC); epoch seconds
    or milliseconds as a number or as text. Years 1970 to 2100.
    """
    try:
        if isinstance(value, str):
            instant = _of_text(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            instant = _of_number(value)
        else:
            return None
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if instant.year in YEARS else None


def skew_of(received: datetime, sent_at) -> tuple[timedelta | None, int]:
    """By how much to correct a client's times, and the flag that says what was done."""
    sent = parse(sent_at) if sent_at is not None else None
    if sent is None:
        return None, 0
    skew = received - sent
    if abs(skew) <= EXACT:
        return None, 0
    return (skew, CORRECTED) if abs(skew) <= CORRECTABLE else (None, SKEWED)


def occurred(timestamp, received, skew, flag) -> tuple[datetime, int]:
    """The instant of an event and the flags of what had to be assumed.

    `timestamp` is what the client said (None: nothing); `skew` and `flag` come from
    `skew_of`.
    """
    if timestamp is None or timestamp == "":
        return received, 0
    instant = parse(timestamp)
    if instant is None:
        return received, UNREADABLE
    if skew is not None:
        try:
            instant += skew
        except OverflowError:
            return received, UNREADABLE
    if instant > received + TOLERATED_FUTURE:
        return received, flag | CLAMPED
    return (instant, flag) if instant.year in YEARS else (received, UNREADABLE)


def _of_text(text):
    # Read as ISO 8601, some milliseconds would be a day of the eighteenth century.
    if len(text) > LONGEST_DAY and text.isascii() and text.isdigit():
        return _of_number(int(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        text = text.strip()
        if text.replace(".", "", 1).removeprefix("-").isdigit():
            return _of_number(float(text))
        return datetime.fromisoformat(text.upper())


def _of_number(number):
    seconds = number / 1000 if abs(number) >= MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)
