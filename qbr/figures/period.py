"""The days a report looks at, the same number of days before, and their parts."""

from dataclasses import dataclass
from datetime import date, timedelta

WEEK = timedelta(days=7)
# More than half a year of weeks is no chart that can be read.
MOST_WEEKS = 27


@dataclass(frozen=True)
class Period:
    """Days from `start`; `end` is the first day after it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def before(self) -> "Period":
        """As many days, up to its first one."""
        return Period(self.start - timedelta(days=self.days), self.start)

    @property
    def weeks(self) -> list["Period"]:
        """Its whole weeks, the last one ending with it; days before them are in none."""
        return [
            Period(self.end - WEEK * (number + 1), self.end - WEEK * number)
            for number in reversed(range(self.days // 7))
        ]

    @property
    def steps(self) -> list["Period"]:
        """What a chart of it tells one by one: weeks, of a long period months."""
        return self.months if self.is_long else self.weeks

    @property
    def is_long(self) -> bool:
        return self.days // 7 > MOST_WEEKS

    @property
    def months(self) -> list["Period"]:
        """What of each month of the calendar lies in it."""
        found, first = [], self.start
        while first < self.end:
            following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
            found.append(Period(first, min(following, self.end)))
            first = following
        return found
