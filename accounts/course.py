"""The course of a contract: its terms from its first day on. Plain values, no database.

A change says what is different from its day on; it holds until the next change of the
same thing. So one that is told late, or taken back, leaves the later ones as they were
agreed, and a yearly rise follows the price it rises from.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

CENT = Decimal("0.01")
UPLIFT, RENEWAL = "uplift", "renewal"
NAMES = ("mrr", "seats", "plan")


@dataclass(frozen=True)
class Terms:
    mrr: Decimal
    seats: int | None = None
    plan: str = ""


@dataclass(frozen=True)
class Turn:
    """The terms that run from a day on, and why they changed."""

    day: date
    terms: Terms
    kind: str = "change"
    # The names of what it says; the rest runs on from before.
    says: tuple[str, ...] = ()
    # A term that begins before the last one was over: years are counted from here.
    is_anew: bool = False


@dataclass(frozen=True)
class Course:
    """What ran first, and every turn after it, in order."""

    first: Terms
    turns: tuple[Turn, ...] = ()
    # The yearly rise in percent.
    rise: Decimal | None = None

    @property
    def latest(self) -> Terms:
        return self.turns[-1].terms if self.turns else self.first

    def on(self, day: date) -> Terms:
        """What runs on a day; before the first day, what runs first."""
        passed = bisect_right(self.turns, day, key=attrgetter("day"))
        return self.turns[passed - 1].terms if passed else self.first

    def turn_on(self, day: date) -> Turn | None:
        return next((turn for turn in self.turns if turn.day == day), None)

    def put(
        self, day: date, *, kind: str, is_anew: bool = False, **said: Any
    ) -> "Course":
        """With what is said running from a day on; a turn of that day takes it over."""
        earlier, later = self._around(day)
        was = self.on(day)
        now = replace(was, **said)
        later = self._following(later, was, now)
        turn = Turn(day, now, kind, tuple(said), is_anew)
        known = self.turn_on(day)
        if known:
            turn = replace(turn, says=(*known.says, *(set(said) - set(known.says))))
        if known and known.kind == RENEWAL:
            turn = replace(turn, kind=RENEWAL, is_anew=known.is_anew)
        return replace(self, turns=(*earlier, turn, *later))

    def without(self, day: date) -> "Course":
        """As if the turn of that day had never been."""
        earlier, later = self._around(day)
        before = earlier[-1].terms if earlier else self.first
        later = self._following(later, self.on(day), before)
        return replace(self, turns=(*earlier, *later))

    def corrected(self, **said: Any) -> "Course":
        """With the latest terms put right, since when they run."""
        if not self.turns:
            return replace(self, first=replace(self.first, **said))
        last = self.turns[-1]
        says = (*last.says, *(set(said) - set(last.says)))
        last = replace(last, terms=replace(last.terms, **said), says=says)
        return replace(self, turns=(*self.turns[:-1], last))

    def raised(self, days: Iterable[date]) -> "Course":
        """With the yearly rise on these days; where a turn is agreed, that one holds."""
        course = self
        for day in days:
            if self.rise and course.turn_on(day) is None:
                mrr = risen(course.on(day).mrr, self.rise)
                course = course.put(day, kind=UPLIFT, mrr=mrr)
        return course

    def years_from(self, starts_on: date) -> date:
        """The day whose anniversaries count."""
        return max((turn.day for turn in self.turns if turn.is_anew), default=starts_on)

    def _around(self, day):
        earlier = tuple(turn for turn in self.turns if turn.day < day)
        later = tuple(turn for turn in self.turns if turn.day > day)
        return earlier, later

    def _following(self, turns, was: Terms, now: Terms):
        """The turns, where other terms run before them: what each says is the same."""
        for turn in turns:
            said = {name: getattr(turn.terms, name) for name in turn.says}
            if self.rise and self._is_rise(turn, was, self.rise):
                said["mrr"] = risen(now.mrr, self.rise)
            was, now = turn.terms, replace(now, **said)
            yield replace(turn, terms=now)

    def _is_rise(self, turn, was, rise):
        may_rise = turn.kind in (UPLIFT, RENEWAL)
        return may_rise and turn.terms.mrr == risen(was.mrr, rise)


def risen(mrr: Decimal, percent: Decimal) -> Decimal:
    """A price after a rise, to the cent."""
    return (mrr * (1 + percent / 100)).quantize(CENT, ROUND_HALF_UP)


def months_after(day: date, count: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_between(first: date, last: date) -> int:
    """The whole months from one day to another, one at least."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return max(1, count if months_after(first, count) <= last else count - 1)


def anniversaries(of: date, *, after: date, before: date) -> list[date]:
    """The yearly returns of a day, between two others."""
    years = range(1, before.year - of.year + 1)
    days = (months_after(of, 12 * year) for year in years)
    return [day for day in days if after < day < before]


def next_end(starts_on: date, ends_on: date, months: int) -> date:
    """The end of the term of so many months that follows.

    Counted from the first day where the end is whole months from it: a contract from
    the 31st does not wander to the 28th.
    """
    passed = months_between(starts_on, ends_on)
    if months_after(starts_on, passed) == ends_on:
        return months_after(starts_on, passed + months)
    return months_after(ends_on, months)
