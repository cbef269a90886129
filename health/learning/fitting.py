"""Finding the weights. The library is imported where it is used: a second and a hundred
megabytes, for the one worker that learns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from health.learning.calibration import sigmoid
from health.learning.weights import Model

# In a fold: as many of both kinds, before anything is foretold at all.
FOLD_NEEDS = 20
# So many models are made to foretell a history, at most: that bounds the time.
FITS = 32
# Fewer predictions than this, of either kind, set nothing right.
CALIBRATION_NEEDS = 30
# How far a weight may go without proof (the inverse of the penalty on its square): with
# few rows everything stays near the usual account. Not tuned to any data.
STRENGTH = 0.1
# A trait known of fewer accounts than this share says more about who was asked.
KNOWN_SHARE = 0.2


class Foretold(NamedTuple):
    """Log odds as the weights gave them, and the probability they were set right to."""

    odds: float
    chance: float


class Column(NamedTuple):
    """A number that may be weighed, and the topic under which it is explained."""

    key: str
    topic: str


@dataclass(frozen=True)
class Seen:
    """An account on a day: what was known then, and what became of it."""

    cluster: object
    day: date
    values: Sequence[float | None]
    is_gone: bool


def fit(rows: Sequence[Seen], columns: Sequence[Column]) -> Model:
    """A logistic regression on standardised columns; what is not known counts as usual.

    Its slope is 1 and its offset 0: `calibrated` sets them right.
    """
    import numpy  # noqa: PLC0415 (see above)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (see above)

    table = numpy.array([row.values for row in rows], dtype=float)
    kept = _kept(table)
    table = table[:, kept]
    means = numpy.nanmean(table, axis=0)
    deviations = numpy.nanstd(table, axis=0)
    standard = numpy.nan_to_num((table - means) / deviations)
    found = LogisticRegression(C=STRENGTH, max_iter=1000, tol=1e-6)
    found.fit(standard, [row.is_gone for row in rows])
    names = [columns[number] for number in kept]
    return Model(
        weights=[
            {
                "key": name.key,
                "topic": name.topic,
                "mean": float(mean),
                "deviation": float(deviation),
                "weight": float(weight),
            }
            for name, mean, deviation, weight in zip(
                names, means, deviations, found.coef_[0], strict=True
            )
        ],
        intercept=float(found.intercept_[0]),
        slope=1.0,
        offset=0.0,
    )


def set_right(odds: Sequence[float], outcomes: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset that make foretold log odds true on average (Platt).

    (1, 0), nothing to set right, with too few of either kind; never a slope that turns
    the order around.
    """
    gone = sum(outcomes)
    if min(gone, len(outcomes) - gone) < CALIBRATION_NEEDS:
        return 1.0, 0.0
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (see above)

    found = LogisticRegression(C=1e6, max_iter=1000)
    found.fit([[one] for one in odds], outcomes)
    slope = float(found.coef_[0][0])
    return (slope, float(found.intercept_[0])) if slope > 0 else (1.0, 0.0)


def foretell(
    rows: Sequence[Seen], columns: Sequence[Column], horizon: int
) -> list[Foretold | None]:
    """What was foretold of each row by a model that knew only days before its own.

    A model learns from rows whose outcome was over on the day it is made, and is set
    right by earlier predictions whose outcome was. At most `FITS` are made; each tells
    until the next. None where there was not yet enough to learn from.
    """
    told: list[Foretold | None] = [None] * len(rows)
    days = sorted({row.day for row in rows})
    every = -(-len(days) // FITS)
    on_day = _numbers_by_day(rows)
    model = None
    for count, day in enumerate(days):
        if count % every == 0 or model is None:
            model = _model_of(rows, told, columns, day - timedelta(days=horizon))
        if model is None:
            continue
        for number in on_day[day]:
            values = {
                c.key: v for c, v in zip(columns, rows[number].values, strict=True)
            }
            odds = log_odds(model, values)
            chance = sigmoid(model["slope"] * odds + model["offset"])
            told[number] = Foretold(odds, chance)
    return told


def log_odds(model: Model, values: dict[str, float | None]) -> float:
    """Before they are set right."""
    total = model["intercept"]
    for one in model["weights"]:
        value = values[one["key"]]
        if value is not None:
            total += one["weight"] * (value - one["mean"]) / one["deviation"]
    return total


def _kept(table) -> list[int]:
    """The columns that are known often enough and differ between accounts."""
    import numpy  # noqa: PLC0415 (see above)

    kept = []
    for number in range(table.shape[1]):
        known = table[:, number][~numpy.isnan(table[:, number])]
        if len(known) >= KNOWN_SHARE * len(table) and known.std() > 1e-9:
            kept.append(number)
    return kept


def _model_of(rows, told, columns, over: date) -> Model | None:
    """The model that could be made once the outcomes of that day were over."""
    past = [number for number, row in enumerate(rows) if row.day <= over]
    if not _is_enough([rows[number] for number in past]):
        return None
    model = fit([rows[number] for number in past], columns)
    known = [(told[n].odds, rows[n].is_gone) for n in past if told[n] is not None]
    slope, offset = set_right([one for one, _ in known], [gone for _, gone in known])
    return model | {"slope": slope, "offset": offset}


def _is_enough(rows: Sequence[Seen]) -> bool:
    gone = {row.cluster for row in rows if row.is_gone}
    stayed = {row.cluster for row in rows if not row.is_gone}
    return min(len(gone), len(stayed)) >= FOLD_NEEDS


def _numbers_by_day(rows: Sequence[Seen]) -> dict[date, list[int]]:
    numbers: dict[date, list[int]] = {}
    for number, row in enumerate(rows):
        numbers.setdefault(row.day, []).append(number)
    return numbers
