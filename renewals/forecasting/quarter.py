"""Quarters of the calendar: the parts of a year that a forecast is made for."""

import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    def __str__(self):
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        return self.after.first - timedelta(days=1)

    @property
    def after(self) -> "Quarter":
        return self.shifted(1)

    @property
    def before(self) -> "Quarter":
        return self.shifted(-1)

    def shifted(self, quarters: int) -> "Quarter":
        year, index = divmod(self.year * 4 + self.number - 1 + quarters, 4)
        return Quarter(year, index + 1)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def parse(text: str) -> Quarter | None:
    """2026-Q4; None for anything else."""
    found = re.fullmatch(r"(20\d\d|19\d\d)-Q([1-4])", text, re.ASCII)
    return Quarter(int(found[1]), int(found[2])) if found else None


def monday_of(day: date) -> date:
    """The Monday of that day's week: the day itself, or one before it."""
    return day - timedelta(days=day.weekday())
