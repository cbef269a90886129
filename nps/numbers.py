"""What answers add up to: plain values in, plain values out.

Promoters gave 9 or 10, passives 7 or 8, detractors 0 to 6. A number never travels
without how many answers it is made of; one made of nothing is empty, never zero.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

PROMOTER, PASSIVE, DETRACTOR = "promoter", "passive", "detractor"
KINDS = (PROMOTER, PASSIVE, DETRACTOR)
# Of 0 to 10, and of 1 to 5: the lowest score that is one.
PROMOTER_FROM, PASSIVE_FROM = 9, 7
SATISFIED_FROM = 4
# Of 1 to 5: the highest score of who is not content.
ANGRY_TO = 2
# Fewer answers are marked: chance moves them too much.
FEW = 30
# Standard errors to each side that hold 95 of 100.
Z95 = 1.959964
# What an answer counts by who gave it; of several roles the heaviest.
ROLE_WEIGHTS = {"decision_maker": 3, "champion": 2}


@dataclass(frozen=True)
class Nps:
    """100 x (promoters - detractors) / all, with what it is made of."""

    n: int
    promoters: int
    passives: int
    detractors: int
    value: float | None
    # The 95 % interval; None of a single answer, which says nothing about others.
    low: float | None
    high: float | None

    @property
    def is_few(self) -> bool:
        return self.n < FEW


@dataclass(frozen=True)
class Csat:
    """The share of the two best answers of five, 0 to 1."""

    n: int
    satisfied: int
    value: float | None

    @property
    def is_few(self) -> bool:
        return self.n < FEW


def kind_of(score: int) -> str:
    if score >= PROMOTER_FROM:
        return PROMOTER
    return PASSIVE if score >= PASSIVE_FROM else DETRACTOR


def tally(scores: Mapping[int, int]) -> Nps:
    """The NPS of so many answers of each score, all of them counting alike."""
    kinds: Counter[str] = Counter()
    for score, count in scores.items():
        kinds[kind_of(score)] += count
    weights = {kind: float(count) for kind, count in kinds.items()}
    return weighed(kinds, weights, float(sum(kinds.values())))


def weighed(
    counts: Mapping[str, int], weights: Mapping[str, float], squares: float
) -> Nps:
    """The NPS of so many answers of each kind, which together weigh so much; `squares`
    is the sum of each one's weight, squared.

    The variance is (p + d - (p - d)^2) / n, where n of weighted answers is as many as
    would be as sure without weights: (sum of weights)^2 / sum of their squares.
    """
    n = sum(counts.values())
    total = sum(weights.values())
    if not n or not total:
        return Nps(0, 0, 0, 0, None, None, None)
    promoters, passives, detractors = (counts.get(kind, 0) for kind in KINDS)
    p, d = (weights.get(kind, 0.0) / total for kind in (PROMOTER, DETRACTOR))
    low, high = _interval(p, d, total**2 / squares) if n > 1 else (None, None)
    return Nps(n, promoters, passives, detractors, 100 * (p - d), low, high)


def csat(scores: Iterable[int]) -> Csat:
    known = list(scores)
    satisfied = sum(score >= SATISFIED_FROM for score in known)
    return Csat(len(known), satisfied, ratio(satisfied, len(known)))


def ratio(part, whole) -> float | None:
    """None over nothing: a rate of nothing is not nought."""
    return part / whole if whole else None


def role_weight(roles: Iterable[str]) -> int:
    """Of several roles the heaviest; one for nobody's."""
    return max((ROLE_WEIGHTS.get(role, 1) for role in roles), default=1)


def _interval(p: float, d: float, n: float) -> tuple[float, float]:
    # Rounding may leave a hair under nought where all say the same.
    half = 100 * Z95 * sqrt(max(p + d - (p - d) ** 2, 0.0) / n)
    middle = 100 * (p - d)
    return max(middle - half, -100.0), min(middle + half, 100.0)
