"""Scorecards are data: groups, measures, caps; and what is worked out of them once."""

from typing import Any

from health.scoring.reading import Reading, reading_of

Definition = dict[str, Any]

POINTS_METHOD = "points"
WEIGHTED_METHOD = "weighted"
MISSING = ("zero", "neutral", "leave_out")
# A step's points in a weighted card are of this many.
OF = 100


class Card:
    """A definition made ready to score many accounts: weights and readings worked out."""

    def __init__(self, definition: Definition):
        self.definition = definition
        self.is_weighted = definition["method"] == WEIGHTED_METHOD
        self.measures: list[dict[str, Any]] = definition["measures"]
        self.caps: list[dict[str, Any]] = definition.get("caps", [])
        self.readings: list[Reading] = [reading_of(one) for one in self.measures]
        self.cap_readings: list[Reading] = [reading_of(one) for one in self.caps]
        self.weights: list[float] = [self._weight(one) for one in self.measures]
        self.groups: dict[str, float] = {
            group["key"]: float(group.get("weight") or 0)
            for group in definition["groups"]
        }
        everything = [True] * len(self.measures)
        # What each measure is worth while nothing is left out, in points.
        self.worths: list[float] = self.worths_of(everything)

    @property
    def all_readings(self) -> set[Reading]:
        return {*self.readings, *self.cap_readings}

    def worths_of(self, counts: list[bool]) -> list[float]:
        """What each measure is worth in points when only some of them count."""
        if self.is_weighted:
            return self._shares(counts)
        whole = sum(self.weights)
        left = sum(w for w, one in zip(self.weights, counts, strict=True) if one)
        scale = whole / left if left else 0.0
        return [
            weight * scale if one else 0.0
            for weight, one in zip(self.weights, counts, strict=True)
        ]

    def _shares(self, counts: list[bool]) -> list[float]:
        in_group = dict.fromkeys(self.groups, 0.0)
        for measure, weight, one in zip(
            self.measures, self.weights, counts, strict=True
        ):
            if one:
                in_group[measure["group"]] += weight
        whole = sum(weight for key, weight in self.groups.items() if in_group[key])
        return [
            OF * self.groups[m["group"]] / whole * weight / in_group[m["group"]]
            if one and weight and whole
            else 0.0
            for m, weight, one in zip(self.measures, self.weights, counts, strict=True)
        ]

    def _weight(self, measure: dict[str, Any]) -> float:
        if self.is_weighted:
            return float(measure["weight"])
        best = max_points(measure)
        # A measure that can only take points away weighs as many as it takes.
        return float(best if best > 0 else _most_taken(measure["shape"]))


def bands(definition: Definition) -> tuple[int, int]:
    """The lowest score that is green, and the lowest that is amber."""
    return definition["bands"]["green"], definition["bands"]["amber"]


def measure_of(definition: Definition, key: str) -> dict[str, Any]:
    """One measure of a card. Raises KeyError when the card has none of that key."""
    for measure in definition["measures"]:
        if measure["key"] == key:
            return measure
    raise KeyError(key)


def max_points(measure: dict[str, Any]) -> float:
    """The most points a measure of a card of points can give."""
    shape = measure["shape"]
    if shape["kind"] == "bands":
        return max(step["points"] for step in shape["steps"])
    return measure["weight"]


def _most_taken(shape: dict[str, Any]) -> float:
    steps = shape["steps"] if shape["kind"] == "bands" else ()
    return max((abs(step["points"]) for step in steps), default=0)


def setting(definition: Definition, key: str, name: str, default: Any) -> Any:
    """A setting of a measure; `default` when the card does not have it."""
    for measure in definition["measures"]:
        if measure["key"] == key:
            return measure.get("settings", {}).get(name, default)
    return default
