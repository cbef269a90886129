"""What the learned risk looks at: numbers made of an account's use as of a day.

Counts go in as logarithms: from 1 day to 2 is as much as from 10 to 20. A change is a
count against the longer one around it, so that "how much" and "where to" stay apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log1p
from typing import NamedTuple

# A year is what is looked at; what is longer ago is no longer told apart.
YEAR = 365


@dataclass(frozen=True)
class Habits:
    """How an account used the product up to a day: windows end with that day."""

    days_7: int = 0
    days_30: int = 0
    days_90: int = 0
    days_180: int = 0
    days_365: int = 0
    weeks_12: int = 0
    months_12: int = 0
    events_90: int = 0
    people_30: int = 0
    people_90: int = 0
    people_180: int = 0
    features_90: int = 0
    features_180: int = 0
    # None: never used.
    days_since_last: int | None = None
    days_since_first: int | None = None


class Trait(NamedTuple):
    """A number the model weighs, and the topic under which it is explained."""

    key: str
    topic: str
    of: Callable[[Habits], float]


def _log(name: str) -> Callable[[Habits], float]:
    return lambda habits: log1p(getattr(habits, name))


def _against(name: str, longer: str, share: float = 1.0) -> Callable[[Habits], float]:
    """A count against its share of the longer window: 0 when use goes on as it was."""
    return lambda habits: (
        log1p(getattr(habits, name)) - log1p(getattr(habits, longer) * share)
    )


def _since(name: str) -> Callable[[Habits], float]:
    def of(habits: Habits) -> float:
        days = getattr(habits, name)
        return log1p(YEAR if days is None else min(days, 10 * YEAR))

    return of


TRAITS = (
    Trait("days_180", "often", _log("days_180")),
    Trait("days_7_of_30", "trend", _against("days_7", "days_30", 7 / 30)),
    Trait("days_30_of_90", "trend", _against("days_30", "days_90", 1 / 3)),
    Trait("days_90_of_180", "trend", _against("days_90", "days_180", 1 / 2)),
    Trait("days_180_of_365", "trend", _against("days_180", "days_365", 180 / 365)),
    Trait("weeks_12", "regular", _log("weeks_12")),
    Trait("months_12", "regular", _log("months_12")),
    Trait("days_since_last", "last", _since("days_since_last")),
    Trait("days_since_first", "tenure", _since("days_since_first")),
    Trait("people_180", "people", _log("people_180")),
    Trait("people_90_of_180", "people", _against("people_90", "people_180")),
    Trait("people_30_of_90", "people", _against("people_30", "people_90")),
    Trait("features_180", "depth", _log("features_180")),
    Trait("features_90_of_180", "depth", _against("features_90", "features_180")),
    Trait("events_of_days_90", "depth", _against("events_90", "days_90")),
)
USE_TOPICS = tuple(dict.fromkeys(trait.topic for trait in TRAITS))


def traits_of(habits: Habits) -> dict[str, float | None]:
    """Every trait of an account's use."""
    return {trait.key: trait.of(habits) for trait in TRAITS}


def damped(value: float) -> float:
    """Any reading, its size as a logarithm: one huge bill is not the whole story."""
    return log1p(value) if value >= 0 else -log1p(-value)
