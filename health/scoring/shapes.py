"""From a value to a share of what a measure can give."""

from datetime import timedelta
from typing import Any

from health.scoring.reading import Value

CONDITIONS = ("over", "from", "to", "under", "older_than_days")


def shape_at(measure: dict[str, Any], age_days: int | None) -> dict[str, Any]:
    """The shape that holds for an account this many days a customer.

    None: nobody knows since when; then the first shape holds.
    """
    shape = measure["shape"]
    if age_days is not None:
        for later in measure.get("ages") or ():
            if age_days >= later["after_days"]:
                shape = later["shape"]
    return shape


def share_of(
    shape: dict[str, Any], value: Value, best: float
) -> tuple[float, int | None]:
    """The share of its best that a measure gives, and which step held.

    A share may be negative in a card of points, where a step may take points away.
    """
    kind = shape["kind"]
    if kind == "bands":
        for number, step in enumerate(shape["steps"]):
            if holds(step, value):
                return (step["points"] / best if best else 0.0), number
        return 0.0, None
    if kind == "scale":
        return _on_scale(value.value, shape["worst"], shape["best"]), None
    return (1.0 if holds(shape, value) else 0.0), None


def holds(condition: dict[str, Any], value: Value) -> bool:
    """Whether a step or a condition holds; one that names nothing always does."""
    if "over" in condition:
        return value.value > condition["over"]
    if "from" in condition:
        return value.value >= condition["from"]
    if "to" in condition:
        return value.value <= condition["to"]
    if "under" in condition:
        return value.value < condition["under"]
    if "older_than_days" in condition:
        return value.age > timedelta(days=condition["older_than_days"])
    return True


def _on_scale(value: float, worst: float, best: float) -> float:
    share = (value - worst) / (best - worst)
    return max(0.0, min(1.0, share))
