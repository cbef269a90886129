"""How well a number puts those who leave before those who stay.

AUC is the chance that somebody who left was ranked above somebody who stayed (a tie is
half). One account is seen at many days, which are no independent proofs: its interval
is DeLong's for clustered data (Obuchowski 1997), with the account as the cluster.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # 95 % of a normal distribution lies within


@dataclass(frozen=True)
class Interval:
    """A figure, and between which borders it lies with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Area:
    """An AUC with what each cluster adds to it, so that two can be compared.

    `left` and `stayed` hold, for each cluster, the sum of its deviations.
    """

    value: float
    left: dict[Hashable, float]
    stayed: dict[Hashable, float]
    left_rows: int
    stayed_rows: int
    clusters: int


def area(
    outcomes: Sequence[bool], risks: Sequence[float], clusters: Sequence[Hashable]
) -> Area | None:
    """The AUC of a number that is higher for higher risk.

    None when all left or all stayed: there is nothing to put in order.
    """
    gone = sorted(r for is_gone, r in zip(outcomes, risks, strict=True) if is_gone)
    here = sorted(r for is_gone, r in zip(outcomes, risks, strict=True) if not is_gone)
    if not gone or not here:
        return None
    value = sum(_below(here, risk) for risk in gone) / len(gone)
    left: dict[Hashable, float] = defaultdict(float)
    stayed: dict[Hashable, float] = defaultdict(float)
    places: tuple[dict[float, float], dict[float, float]] = ({}, {})
    for is_gone, risk, cluster in zip(outcomes, risks, clusters, strict=True):
        known = places[is_gone]
        if risk not in known:
            known[risk] = _below(here, risk) if is_gone else 1 - _below(gone, risk)
        (left if is_gone else stayed)[cluster] += known[risk] - value
    return Area(
        value, dict(left), dict(stayed), len(gone), len(here), len({*left, *stayed})
    )


def interval(one: Area) -> Interval:
    """The AUC with its 95 % interval; it never leaves 0 to 1."""
    half = Z * sqrt(_variance(one.left, one.stayed, one))
    return Interval(one.value, max(0.0, one.value - half), min(1.0, one.value + half))


def gain(one: Area, other: Area) -> Interval:
    """By how much one AUC is above the other, on the same rows, with its interval."""
    value = one.value - other.value
    variance = _variance(
        {key: dev - other.left[key] for key, dev in one.left.items()},
        {key: dev - other.stayed[key] for key, dev in one.stayed.items()},
        one,
    )
    half = Z * sqrt(variance)
    return Interval(value, value - half, value + half)


def _below(ordered: Sequence[float], risk: float) -> float:
    """The share of an ordered list that is lower; a tie is half."""
    low, high = bisect_left(ordered, risk), bisect_right(ordered, risk)
    return (low + high) / 2 / len(ordered)


def _variance(left: dict, stayed: dict, of: Area) -> float:
    total = _spread(left.values()) / of.left_rows**2
    total += _spread(stayed.values()) / of.stayed_rows**2
    both = sum(dev * stayed.get(key, 0.0) for key, dev in left.items())
    if of.clusters > 1:
        both *= of.clusters / (of.clusters - 1)
    return max(0.0, total + 2 * both / (of.left_rows * of.stayed_rows))


def _spread(deviations) -> float:
    squares = [dev * dev for dev in deviations]
    count = len(squares)
    return sum(squares) * (count / (count - 1) if count > 1 else 1.0)
