"""A learned model is a row of weights: plain numbers, so that it can be read, kept and
explained without the library that found them.
"""

from collections.abc import Mapping
from typing import TypedDict

from health.learning.calibration import sigmoid


class Weight(TypedDict):
    """A trait, where it usually stands, and what a deviation adds to the log odds."""

    key: str
    topic: str
    mean: float
    deviation: float
    weight: float


class Model(TypedDict):
    """Log odds = intercept + weights × deviations; then set right by slope and offset.

    Slope and offset come from predictions of days the weights had not seen.
    """

    weights: list[Weight]
    intercept: float
    slope: float
    offset: float


def topics_of(
    model: Model, traits: Mapping[str, float | None]
) -> list[tuple[str, float]]:
    """What each topic adds to the log odds of the usual account, the strongest first.

    Exact: with the log odds of the usual account (`usual`) they sum to those of this
    one. A trait that is not known adds nothing.
    """
    added: dict[str, float] = {}
    for weight in model["weights"]:
        part = model["slope"] * _part(weight, traits.get(weight["key"]))
        added[weight["topic"]] = added.get(weight["topic"], 0.0) + part
    return sorted(added.items(), key=lambda item: (-abs(item[1]), item[0]))


def usual(model: Model) -> float:
    """The log odds of an account that is in everything as the usual one."""
    return model["slope"] * model["intercept"] + model["offset"]


def probability(model: Model, traits: Mapping[str, float | None]) -> float:
    """The chance that it happens within the horizon."""
    return sigmoid(usual(model) + sum(part for _, part in topics_of(model, traits)))


def _part(weight: Weight, value: float | None) -> float:
    if value is None:
        return 0.0
    return weight["weight"] * (value - weight["mean"]) / weight["deviation"]
