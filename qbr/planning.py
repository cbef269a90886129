"""When an account is reviewed, and over which months: plain days in and out."""

import zlib
from datetime import date, timedelta

# Days between two reviews of an account; None: not by themselves.
CADENCES: dict[str, int | None] = {"high": 90, "mid": 180, "tech": None}
# A review is planned no later than so many days ahead, and not sooner than so.
NOTICE, HORIZON = 14, 45
# A review held within so many days before the limit of a renewal counts for it.
FRESH = 90
RENEWAL_DAYS = 90
MONTH = 30.44  # days
# The preparation of a review is to be done so many days before it.
PREPARED = 7


def months_of(every_days: int) -> int:
    """How many months a review of that cadence looks back on: one at least."""
    return max(1, round(every_days / MONTH))


def period_before(day: date, months: int) -> tuple[date, date]:
    """The whole months before the month of a day: first day, and the day after."""
    end = day.replace(day=1)
    count = end.year * 12 + end.month - 1 - months
    return date(count // 12, count % 12 + 1, 1), end


def next_due(
    *, last: date | None, since: date | None, every_days: int, today: date, seed: str
) -> date:
    """The day by which an account is to be reviewed.

    So many days after the last review, or after it became a customer; never sooner than
    there is time to prepare it. An account that is long a customer and was never
    reviewed gets a day by its seed, so that a whole portfolio is not due at once; the
    day stays the same until it has come near.
    """
    earliest = today + timedelta(days=NOTICE)
    anchor = last or since
    if anchor is not None:
        due = anchor + timedelta(days=every_days)
        if last is not None or due >= earliest:
            return max(due, earliest)
    phase = zlib.crc32(seed.encode()) % every_days
    ahead = (phase - earliest.toordinal()) % every_days
    return earliest + timedelta(days=ahead)


def limit_of(decides_on: date, *, days: int, today: date) -> date:
    """The last day for the review of a yellow account before its renewal is decided.

    When that day has passed it is as soon as it can be prepared, but still before the
    decision where there is time for it.
    """
    earliest = today + timedelta(days=NOTICE)
    return max(decides_on - timedelta(days=days), min(earliest, decides_on))


def is_near(due: date, today: date) -> bool:
    """Whether a review for that day is to stand in the calendar by now."""
    return due <= today + timedelta(days=HORIZON)


def prepared_by(day: date, today: date) -> date:
    """By when the preparation is to be done."""
    return max(today, day - timedelta(days=PREPARED))
