"""Where those who speak of an account contradict each other. Knows no database."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from health.scoring.cards import Definition, max_points
from health.signals import SIGNALS

# Who speaks, each from 0 (all is lost) to 100 (all is well).
SIDES = ("usage", "sentiment", "money", "contacts", "model")
SIDE_OF_GROUP = {"use": "usage", "money": "money", "relations": "contacts"}
# From here on two of them cannot both be right.
STRONG = 50


class Disagreement(NamedTuple):
    """Who says most and who says least of an account, and how far apart they are."""

    spread: float
    high: str
    low: str


def side_of(measure: Mapping[str, Any]) -> str | None:
    """For whom a measure speaks, by what it reads; None for nobody.

    The CSM speaks by the sentiment itself; and what can only take points away says
    nothing when it is well.
    """
    signal = SIGNALS.get(measure["signal"])
    if signal is None or signal.key == "sentiment" or max_points(dict(measure)) <= 0:
        return None
    return SIDE_OF_GROUP.get(signal.group)


def sides_of(
    definition: Definition,
    measures: list[dict[str, Any]],
    *,
    level: int | None = None,
    risk: float | None = None,
) -> dict[str, float]:
    """What each side says, of a snapshot's measures, a sentiment (1 to 5) and a risk.

    A side of several measures says their mean, weighed by what they are worth.
    """
    of = {one["key"]: side_of(one) for one in definition["measures"]}
    sums: dict[str, list[float]] = {}
    for kept in measures:
        side = of.get(kept["key"])
        if side and kept["state"] != "missing" and kept.get("worth"):
            share = max(0.0, min(1.0, kept["share"]))
            given = sums.setdefault(side, [0.0, 0.0])
            given[0] += share * kept["worth"]
            given[1] += kept["worth"]
    said = {side: 100 * share / worth for side, (share, worth) in sums.items()}
    if level is not None:
        said["sentiment"] = 25.0 * (level - 1)
    if risk is not None:
        said["model"] = 100 * (1 - risk)
    return {side: round(said[side], 1) for side in SIDES if side in said}


def disagreement(said: Mapping[str, float]) -> Disagreement | None:
    """How far apart the sides are; None when fewer than two speak."""
    if len(said) < 2:
        return None
    high = max(said, key=lambda side: said[side])
    low = min(said, key=lambda side: said[side])
    return Disagreement(round(said[high] - said[low], 1), high, low)
