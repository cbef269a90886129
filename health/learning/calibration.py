"""Whether what was foretold came true as often as it was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from health.learning.ranking import Interval, Z


@dataclass(frozen=True)
class Band:
    """What was foretold of a group on average, and how many of it came true."""

    key: str
    rows: int
    came_true: int
    foretold: float | None

    @property
    def share(self) -> Interval:
        return wilson(self.came_true, self.rows)


def by_key(rows: Iterable[tuple[str, bool, float | None]]) -> list[Band]:
    """Groups by their key, in the order in which the keys first come.

    A row is (key, whether it came true, the probability foretold or None).
    """
    groups: dict[str, list[tuple[bool, float | None]]] = {}
    for key, came_true, foretold in rows:
        groups.setdefault(key, []).append((came_true, foretold))
    return [_band(key, group) for key, group in groups.items()]


def by_tenths(outcomes: Sequence[bool], foretold: Sequence[float]) -> list[Band]:
    """Ten groups of equal size, from the lowest probability to the highest.

    Fewer groups when there are fewer than ten rows.
    """
    ordered = sorted(zip(foretold, outcomes, strict=True))
    if not ordered:
        return []
    parts = min(10, len(ordered))
    cuts = [round(number * len(ordered) / parts) for number in range(parts + 1)]
    return [
        _band(str(number + 1), [(gone, p) for p, gone in ordered[start:end]])
        for number, (start, end) in enumerate(zip(cuts, cuts[1:], strict=False))
    ]


def wilson(hits: int, rows: int) -> Interval:
    """A share with its 95 % interval, which holds for few rows as well (Wilson)."""
    if not rows:
        return Interval(0.0, 0.0, 1.0)
    share, square = hits / rows, Z * Z / rows
    middle = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / rows + square / rows / 4) / (1 + square)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def sigmoid(odds: float) -> float:
    """The probability of log odds, without an overflow at either end."""
    if odds >= 0:
        return 1 / (1 + exp(-odds))
    return exp(odds) / (1 + exp(odds))


def _band(key: str, group: list[tuple[bool, float | None]]) -> Band:
    known = [p for _, p in group if p is not None]
    return Band(
        key,
        len(group),
        sum(gone for gone, _ in group),
        sum(known) / len(known) if known else None,
    )
