"""What a measure reads, and what was read. Knows no database."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple


class Reading(NamedTuple):
    """A signal with the window and the settings it is read with; readings are shared
    by all measures that agree on them."""

    signal: str
    # Days back, today among them; None for a signal that has no window.
    window: int | None = None
    settings: tuple[tuple[str, Any], ...] = ()


class Value(NamedTuple):
    """What a signal says of an account at an instant. None in its place: nothing known."""

    value: float
    # When it was last true.
    as_of: datetime | None = None
    # Out of how many observations; None when that makes no sense.
    n: int | None = None
    # How long the oldest of what is counted has lasted.
    age: timedelta = timedelta(0)
    # Its source fell silent: as it was when last heard.
    is_stale: bool = False
    detail: dict[str, Any] | None = None


def reading_of(measure: dict[str, Any]) -> Reading:
    """What a measure, or a cap, reads."""
    settings = measure.get("settings") or {}
    return Reading(
        measure["signal"],
        measure.get("window"),
        tuple(sorted(settings.items())),
    )
