"""The working days of a workspace: plain days in, plain days out.

Public holidays come from the `holidays` package; what a workspace adds to them, which
weekdays it works and which months are bad for meetings, it says itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import holidays

MONDAY_TO_FRIDAY = frozenset(range(5))
# Further than any run of holidays: who works on no day at all comes to an end, too.
REACH = 400
DAY = timedelta(days=1)

HOLIDAY, WEEKEND, DEAD_MONTH, BUDGET_MONTH = (
    "holiday",
    "weekend",
    "dead_month",
    "budget_month",
)

# Countries whose business is known to rest and to close its books in certain months.
SUMMER_RESTS = frozenset({"KZ", "RU"})


@dataclass(frozen=True)
class Habits:
    """The months in which little is decided: nobody is there, or no money is left."""

    dead_months: tuple[int, ...] = ()
    budget_months: tuple[int, ...] = ()


@dataclass(frozen=True)
class DayWarning:
    """Why a day is a bad one for an activity, and the nearest good one, if any."""

    day: date
    kind: str
    better: date | None
    # Of a holiday: what it is called.
    name: str = ""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, and in which months nothing is decided."""

    country: str = ""
    subdivision: str = ""
    language: str = "en"
    extra_holidays: frozenset[date] = frozenset()
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    dead_months: frozenset[int] = frozenset()
    budget_months: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        if self._holiday(day) is not None:
            return False
        return day.weekday() in self.weekdays or self._is_made_up(day)

    def minus_business_days(self, day: date, count: int) -> date:
        """The day that has `count` working days from itself up to `day`, without it.

        With none it is the day itself. Where nothing is ever worked, days of the
        calendar count.
        """
        left = count
        for back in self._days(day - DAY, -DAY):
            if left == 0:
                return back + DAY
            left -= self.is_working_day(back)
        return day - timedelta(days=count)

    def warning_for(self, day: date, *, since: date | None = None) -> DayWarning | None:
        """What speaks against an activity on that day; the better one not before
        `since`."""
        found = self._against(day)
        if found is None:
            return None
        kind, name = found
        return DayWarning(day, kind, self.nearest_good(day, since=since), name)

    def nearest_good(self, day: date, *, since: date | None = None) -> date | None:
        """The nearest day nothing speaks against; of two as near the earlier one."""
        for distance in range(REACH):
            for near in (day - distance * DAY, day + distance * DAY):
                is_late_enough = since is None or near >= since
                if is_late_enough and self._against(near) is None:
                    return near
        return None

    def in_language(self, language: str) -> "Calendar":
        return replace(self, language=language)

    def _against(self, day):
        """The weightiest reason first: a month is told of before a weekend in it."""
        if day.month in self.dead_months:
            return DEAD_MONTH, ""
        if day.month in self.budget_months:
            return BUDGET_MONTH, ""
        holiday = self._holiday(day)
        if holiday is not None:
            return HOLIDAY, holiday
        return None if self.is_working_day(day) else (WEEKEND, "")

    def _holiday(self, day):
        if day in self.extra_holidays:
            return ""
        return self._year(day).named.get(day)

    def _is_made_up(self, day):
        """A weekend day that the country works, for a bridge day elsewhere."""
        return day in self._year(day).made_up

    def _year(self, day):
        return _year(self.country, self.subdivision, self.language, day.year)

    def _days(self, start, step) -> Iterator[date]:
        """REACH working days take no longer than this, if any are worked."""
        for number in range(REACH * 10):
            yield start + number * step


@dataclass(frozen=True)
class _Year:
    named: dict[date, str]
    made_up: frozenset[date]


@lru_cache(maxsize=2000)
def _year(country, subdivision, language, year):
    """A year of its own each: the package's objects grow while they are asked."""
    if not country:
        return _Year({}, frozenset())
    try:
        known = holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=year,
            language=_spoken(country, language),
        )
    except NotImplementedError:  # a country or subdivision the package dropped
        return _Year({}, frozenset())
    return _Year(dict(known), frozenset(known.weekend_workdays))


@lru_cache(maxsize=500)
def _spoken(country, language):
    """The package's language nearest to that of the reader; None: the country's own."""
    known = holidays.country_holidays(country).supported_languages
    fitting = [name for name in known if name.partition("_")[0] == language]
    english = [name for name in known if name.startswith("en")]
    return next(iter([*fitting, *english]), None)


def countries() -> list[str]:
    return sorted(holidays.list_supported_countries(include_aliases=False))


def subdivisions(country: str) -> list[str]:
    return sorted(
        holidays.list_supported_countries(include_aliases=False).get(country, [])
    )


def habits_of(country: str) -> Habits:
    """What is usual in a country: an offer to its workspaces, never more."""
    if country in SUMMER_RESTS:
        return Habits(dead_months=(7, 8), budget_months=(12,))
    return Habits()
