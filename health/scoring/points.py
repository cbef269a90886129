"""The method "points": each measure gives those of its first step that holds."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from health.scoring.cards import Definition, max_points
from health.scoring.facts import Facts
from health.scoring.signals import SIGNALS, Signal


@dataclass(frozen=True, slots=True)
class Score:
    """A score, clipped to 0-100, with its reasons; None when nothing is known."""

    score: int | None
    band: str
    # Share of the card's points whose data is there and fresh, 0 to 1.
    coverage: float
    measures: list[dict[str, Any]]


def score(definition: Definition, facts: Facts) -> Score:
    """Score an account. A missing measure gives no points and lowers the coverage."""
    measures, total, fresh, best = [], 0, 0, 0
    for measure in definition["measures"]:
        result = _measure(measure, SIGNALS[measure["key"]](facts))
        weight = max_points(measure)
        best += weight
        fresh += weight if result["state"] == "ok" else 0
        total += result["points"]
        measures.append(result)
    is_known = any(result["state"] != "missing" for result in measures)
    number = max(0, min(100, total)) if is_known else None
    return Score(number, band(definition, number), round(fresh / best, 3), measures)


def band(definition: Definition, number: int | None) -> str:
    """The colour of a score; never green without one."""
    if number is None:
        return "unknown"
    borders = definition["bands"]
    if number >= borders["green"]:
        return "green"
    return "amber" if number >= borders["amber"] else "red"


def _measure(measure: dict[str, Any], signal: Signal | None) -> dict[str, Any]:
    """What is kept of a measure; the rest of it stands in the card."""
    if signal is None:
        return {"key": measure["key"], "state": "missing", "points": 0}
    number, step = next(
        (number, step)
        for number, step in enumerate(measure["steps"])
        if _holds(step, signal)
    )
    kept = {
        "key": measure["key"],
        "state": "stale" if signal.is_stale else "ok",
        "value": round(signal.value, 4),
        "step": number,
        "points": step["points"],
        "as_of": signal.as_of and signal.as_of.isoformat(),
    }
    if signal.detail:
        kept["detail"] = signal.detail
    return kept


def _holds(step: dict[str, Any], signal: Signal) -> bool:
    if "over" in step:
        return signal.value > step["over"]
    if "from" in step:
        return signal.value >= step["from"]
    if "to" in step:
        return signal.value <= step["to"]
    if "older_than_days" in step:
        return signal.age > timedelta(days=step["older_than_days"])
    return True
