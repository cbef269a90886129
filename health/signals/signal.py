"""What a signal is. Knows no database: its SQL is text that health.queries puts
together, one statement for each family of facts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cs_platform.lib import clock
from health.scoring.reading import Value

SECOND = timedelta(microseconds=1)


class Column(NamedTuple):
    """An aggregate over the facts of a family that an account has.

    Its SQL may name {tenant}, {on}, {at} (the day and instant looked from), {first} and
    {first_at} (where the window begins, as a day and an instant), {before} (the day
    before the window), {months_before}, {base} (ninety days before the window),
    {currency}, {zone}, {features} and the signal's settings.
    """

    family: str
    sql: str


@dataclass(frozen=True, slots=True)
class Lens:
    """From where a reading looks: a day of the tenant and the instant of it."""

    day: date
    at: datetime
    zone: str
    window: int | None
    settings: Mapping[str, Any]
    # When any source of usage was last heard of, and whether that is too long ago.
    heard_at: datetime | None = None
    is_stale: bool = False

    def end_of(self, day: date | None) -> datetime | None:
        """The last instant of a day that is not in the future."""
        if day is None:
            return None
        return min(self.at, clock.end_of(day, self.zone) - SECOND)

    def used_at(self, last_on: date | None) -> datetime | None:
        """How fresh usage is: as its source, or as its last day."""
        return self.heard_at or self.end_of(last_on)

    def days_since(self, then: date | datetime) -> int:
        if isinstance(then, datetime):
            then = clock.day_of(then, self.zone)
        return (self.day - then).days


# From a lens and what the columns found (None: no fact of the family) to a value.
Reader = Callable[..., Value | None]
# From a value and its detail to words; from the steps and the number of one to words.
Teller = Callable[[float, dict[str, Any]], str]
Condition = Callable[[list[dict[str, Any]], int], str | None]


@dataclass(frozen=True, slots=True)
class Signal:
    """Something known of an account, read at any moment with nothing from after it."""

    key: str
    # What it belongs to in a card, unless the card says otherwise.
    group: str
    label: Any
    # What it counts, for words: a key of health.signals.words.UNITS.
    unit: str
    columns: tuple[Column, ...] | Callable[[Mapping[str, Any]], tuple[Column, ...]]
    value: Reader
    # How a new measure of it begins in the editor.
    shape: Mapping[str, Any]
    # Days back, today among them; None: it needs no window.
    window: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    # False: what it reads is kept as it is today, not as it was on a past day.
    is_dated: bool = True
    # Fed by sources of usage: goes stale with them.
    is_usage: bool = False
    better: str = "high"
    # Said when there is no value.
    nothing: Any = ""
    found: Teller | None = None
    condition: Condition | None = None
    # How many days of usage before the window it needs too.
    baseline: int = 0

    @property
    def family(self) -> str:
        """The family of facts it reads first."""
        return self.columns_of(self.settings)[0].family

    def columns_of(self, settings: Mapping[str, Any]) -> tuple[Column, ...]:
        if callable(self.columns):
            return self.columns(settings)
        return self.columns
