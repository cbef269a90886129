"""What the learned risk may look at: use, and every other dated signal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from health.learning.fitting import Column
from health.learning.traits import TRAITS, Habits, damped, traits_of
from health.queries.habits import habits_of
from health.queries.moments import Moment
from health.queries.reading import read
from health.scoring.reading import Reading, Value
from health.signals import SIGNALS

# Signals of use are left to the habits, which look at more windows; what is not dated is
# known as it is today only; and the judgement of a person is to be compared with.
LEFT_OUT = {"sentiment"}


def readings() -> dict[str, Reading]:
    """The readings beside use, by the key of their trait."""
    return {
        f"signal:{key}": Reading(
            key, signal.window, tuple(sorted(signal.settings.items()))
        )
        for key, signal in SIGNALS.items()
        if signal.is_dated and not signal.is_usage and key not in LEFT_OUT
    }


def columns() -> list[Column]:
    """What is weighed, and the topic of each: a signal is a topic by itself."""
    used = [Column(trait.key, trait.topic) for trait in TRAITS]
    return used + [Column(key, key) for key in readings()]


# What is told of a topic of use, beside that it counted.
LOOKED_AT = {
    "often": ("days_180",),
    "trend": ("days_30", "days_90"),
    "regular": ("weeks_12",),
    "last": ("days_since_last",),
    "tenure": ("days_since_first",),
    "people": ("people_30", "people_180"),
    "depth": ("features_90", "features_180"),
}


@dataclass(frozen=True)
class Known:
    """An account as of a moment: its use, and what its other signals said."""

    habits: Habits
    values: Mapping[str, Value | None]

    @property
    def traits(self) -> dict[str, float | None]:
        others = {
            key: None if value is None else damped(value.value)
            for key, value in self.values.items()
        }
        return {**traits_of(self.habits), **others}

    def told(self, topic: str) -> dict[str, Any] | None:
        """What a topic looked at, to be put into words."""
        if topic in self.values:
            value = self.values[topic]
            return value and {"value": round(value.value, 4), "detail": value.detail}
        return {name: getattr(self.habits, name) for name in LOOKED_AT[topic]}


def known_of(account_ids: Iterable[UUID], moment: Moment) -> dict[UUID, Known]:
    """What was known of each account of the tenant; nothing after the moment counts."""
    habits = habits_of(account_ids, moment)
    asked = readings()
    found = read(list(habits), asked.values(), moment)
    return {
        pk: Known(one, {key: found[pk][reading] for key, reading in asked.items()})
        for pk, one in habits.items()
    }
