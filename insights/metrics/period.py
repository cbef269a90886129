"""Periods: from one day's recurring revenue to another day's."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Window:
    """What changed between the end of the day `opening` and that of `closing`."""

    opening: date
    closing: date


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_before(day: date, count: int) -> date:
    """The same day `count` months earlier; a month end stays a month end."""
    months = day.year * 12 + day.month - 1 - count
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    if day == month_end(day):
        return date(year, month + 1, last)
    return date(year, month + 1, min(day.day, last))


def month_windows(on: date, count: int) -> list[Window]:
    """The last `count` months, the running one up to `on`."""
    ends = [months_before(month_end(on), back) for back in range(count, -1, -1)]
    ends[-1] = on
    return [Window(*pair) for pair in zip(ends, ends[1:], strict=False)]


def year_windows(on: date, count: int) -> list[Window]:
    """The twelve months before each of the last `count` month ends, and before `on`."""
    ends = [month.closing for month in month_windows(on, count)]
    return [Window(months_before(end, 12), end) for end in ends]


def days_of(window: Window) -> list[date]:
    span = (window.closing - window.opening).days
    return [window.opening + timedelta(days=n) for n in range(span + 1)]
