"""A figure: one number with its unit, what it was before, and what it means."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbr.figures.definitions import definition_of, label_of

COUNT, SHARE, POINTS, MINUTES, HOURS = "count", "share", "points", "minutes", "hours"
MONEY = "money:"  # and the code of the currency


@dataclass(frozen=True)
class Figure:
    """`value` None: it cannot be told. `rows`: of how many rows it was made."""

    key: str
    value: Decimal | None
    previous: Decimal | None = None
    unit: str = COUNT
    rows: int | None = None
    # How many there are in all, where it is a part of them: 3 of 5.
    of: int | None = None

    def as_kept(self) -> dict[str, Any]:
        """As it is frozen: numbers as text, with its name and definition in the active
        language."""
        return {
            "key": self.key,
            "value": _text(self.value),
            "previous": _text(self.previous),
            "unit": self.unit,
            "rows": self.rows,
            "of": self.of,
            "label": str(label_of(self.key)),
            "definition": str(definition_of(self.key)),
        }


@dataclass(frozen=True)
class Difference:
    """A figure that the data say otherwise than when it was taken; or what it was in
    the period before."""

    label: str
    was: Figure
    now: Figure
    is_before: bool = False


def figure_of(kept: dict[str, Any]) -> Figure:
    return Figure(
        key=kept["key"],
        value=_number(kept["value"]),
        previous=_number(kept["previous"]),
        unit=kept["unit"],
        rows=kept["rows"],
        of=kept["of"],
    )


def differences(kept: Iterable[dict], now: Iterable[dict]) -> list[Difference]:
    """What the figures of now say otherwise than those that were kept, in their order.

    A figure that there was not, or is no more, is one without a value.
    """
    found = {one["key"]: one for one in now}
    pairs: list[tuple] = [(one, found.pop(one["key"], None)) for one in kept]
    pairs += [(None, one) for one in found.values()]
    return [one for was, is_ in pairs for one in _differences(was, is_)]


def _differences(was, now):
    said = was or now
    missing = Figure(said["key"], None, unit=said["unit"])
    old, new = (figure_of(one) if one else missing for one in (was, now))
    is_told = old.value is not None or new.value is not None
    if is_told and (old.value, old.of) != (new.value, new.of):
        yield Difference(said["label"], old, new)
    if old.previous != new.previous:
        before = [Figure(one.key, one.previous, unit=one.unit) for one in (old, new)]
        yield Difference(said["label"], *before, is_before=True)


def _text(value):
    return None if value is None else format(Decimal(value), "f")


def _number(text):
    return None if text is None else Decimal(text)
