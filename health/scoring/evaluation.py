"""One account scored by one card.

First each measure by itself (`found`), then all together (`weigh`), then what cuts the
sum off (`limit`). Sums are whole hundredths of a point, so that they add up exactly.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import floor
from typing import Any, NamedTuple

from health.scoring.cards import OF, Card, Definition
from health.scoring.reading import Reading, Value
from health.scoring.shapes import holds, shape_at, share_of

HUNDREDTHS = 100
TOP = 100 * HUNDREDTHS
NEUTRAL = 0.5
DAY = timedelta(days=1)
# Decimals of values, shares and decays as they are kept.
PRECISION = 6


class Score(NamedTuple):
    """A score, 0 to 100, with its reasons; None when too little is known."""

    score: int | None
    band: str
    # Share of the card's worth whose data is there and fresh, 0 to 1.
    coverage: float
    measures: list[dict[str, Any]]
    # What was cut off the sum, and why.
    limits: list[dict[str, Any]]


class Found(NamedTuple):
    """A measure by itself: what share of its worth it gives, before and after decay."""

    state: str  # ok, missing, stale
    share: float = 0.0
    step: int | None = None
    decay: float = 1.0
    value: Value | None = None


class Weighed(NamedTuple):
    """Measures together: hundredths of a point that each gave, and could have given."""

    points: list[int]
    worths: list[float]


class Limited(NamedTuple):
    """What is left of a sum, in hundredths, and what cut it."""

    total: int
    clip: int
    cap: int
    capped_by: dict[str, Any] | None


def score(
    card: Card | Definition,
    values: Mapping[Reading, Value | None],
    *,
    at: datetime,
    age_days: int | None = None,
) -> Score:
    """Score an account from what its readings said at an instant.

    `age_days`: how long it has been a customer. Half-lives count from `at`.
    """
    if not isinstance(card, Card):
        card = Card(card)
    finds = [
        found(card, number, values.get(reading), at=at, age_days=age_days)
        for number, reading in enumerate(card.readings)
    ]
    weighed = weigh(card, finds)
    fresh, known = covered(card, finds)
    measures = [
        kept(measure, one, points, worth, at)
        for measure, one, points, worth in zip(
            card.measures, finds, weighed.points, weighed.worths, strict=True
        )
    ]
    floor_ = card.definition.get("coverage_floor") or 0
    if not known or known < floor_ - 1e-9:
        return Score(None, "unknown", fresh, measures, [])
    held = [
        cap
        for cap, reading in zip(card.caps, card.cap_readings, strict=True)
        if (value := values.get(reading)) is not None and holds(cap, value)
    ]
    limited = limit(sum(weighed.points), held)
    number = rounded(limited.total)
    return Score(
        number, band(card.definition, number), fresh, measures, limits_of(limited, held)
    )


def found(
    card: Card,
    number: int,
    value: Value | None,
    *,
    at: datetime,
    age_days: int | None,
) -> Found:
    """One measure of a card by itself."""
    measure = card.measures[number]
    value = _as_kept(value)
    minimum = measure.get("minimum")
    if value is None or (minimum and (value.n or 0) < minimum):
        return Found("missing", value=value)
    best = OF if card.is_weighted else card.weights[number]
    share, step = share_of(shape_at(measure, age_days), value, best)
    share = round(share, PRECISION)
    decay = 1.0
    half_life = measure.get("half_life")
    if half_life and value.as_of is not None:
        past = max(timedelta(0), at - value.as_of) / DAY
        decay = round(0.5 ** (past / half_life), PRECISION)
    return Found("stale" if value.is_stale else "ok", share, step, decay, value)


def _as_kept(value: Value | None) -> Value | None:
    """A value as a snapshot keeps it, so that to judge it again later gives the same."""
    if value is None:
        return None
    number = round(value.value, PRECISION)
    return value if number == value.value else value._replace(value=number)


def weigh(card: Card, finds: list[Found]) -> Weighed:
    """Give each measure its weight; one that is left out leaves it to the others."""
    counts = [
        one.state != "missing" or measure.get("missing", "zero") != "leave_out"
        for one, measure in zip(finds, card.measures, strict=True)
    ]
    worths = card.worths if all(counts) else card.worths_of(counts)
    points = [
        given(measure, one, worth)
        for measure, one, worth in zip(card.measures, finds, worths, strict=True)
    ]
    return Weighed(points, worths)


def given(measure: dict[str, Any], one: Found, worth: float) -> int:
    """Hundredths of a point that a measure gives at its worth."""
    return floor(worth * faded(measure, one) * HUNDREDTHS + 0.5)


def faded(measure: dict[str, Any], one: Found) -> float:
    """The share that counts: a fact past its half-life is half of the way to neutral."""
    neutral = 0.0 if measure.get("missing", "zero") == "zero" else NEUTRAL
    if one.state == "missing":
        return neutral
    if one.decay == 1.0:
        return one.share
    return neutral + (one.share - neutral) * one.decay


def limit(total: int, held: list[dict[str, Any]]) -> Limited:
    """Cut a sum of hundredths off at 0 and 100, and at the lowest cap that holds."""
    clipped = max(0, min(TOP, total))
    lowest = min(held, key=lambda cap: cap["at_most"], default=None)
    if lowest is None:
        return Limited(clipped, clipped - total, 0, None)
    capped = min(clipped, hundredths_of(lowest["at_most"]))
    return Limited(capped, clipped - total, capped - clipped, lowest)


def rounded(total: int) -> int:
    """Hundredths as whole points, a half upwards."""
    return (total + HUNDREDTHS // 2) // HUNDREDTHS


def points_of(hundredths: int) -> float:
    """Hundredths as points; a whole number where it is one."""
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return hundredths / HUNDREDTHS if rest else whole


def hundredths_of(points: float) -> int:
    return round(points * HUNDREDTHS)


def band(definition: Definition, number: int | None) -> str:
    """The colour of a score; never green without one."""
    if number is None:
        return "unknown"
    borders = definition["bands"]
    if number >= borders["green"]:
        return "green"
    return "amber" if number >= borders["amber"] else "red"


def kept(
    measure: dict[str, Any], one: Found, points: int, worth: float, at: datetime
) -> dict[str, Any]:
    """What a snapshot keeps of a measure; the rest of it stands in the card."""
    stored: dict[str, Any] = {
        "key": measure["key"],
        "state": one.state,
        "points": points_of(points),
        "worth": points_of(round(worth * HUNDREDTHS)),
    }
    value = one.value
    if value is None:
        return stored
    stored["value"] = value.value
    if one.state != "missing":
        stored["share"] = one.share
    if one.step is not None:
        stored["step"] = one.step
    if one.decay != 1.0:
        stored["decay"] = one.decay
    if value.n is not None:
        stored["n"] = value.n
    if value.age:
        stored["since"] = (at - value.age).isoformat()
    stored["as_of"] = value.as_of and value.as_of.isoformat()
    if value.detail:
        stored["detail"] = value.detail
    return stored


def covered(card: Card, finds: list[Found]) -> tuple[float, float]:
    """The shares of the card's worth that are fresh, and known at all."""
    whole = sum(card.worths)
    fresh = known = 0.0
    for worth, one in zip(card.worths, finds, strict=True):
        if one.state != "missing":
            known += worth
            fresh += worth if one.state == "ok" else 0.0
    return (round(fresh / whole, 3), known / whole) if whole else (0.0, 0.0)


def limits_of(limited: Limited, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    limits: list[dict[str, Any]] = []
    if limited.clip:
        limits.append({"kind": "clip", "points": points_of(limited.clip)})
    for cap in held:
        cut = limited.cap if cap is limited.capped_by else 0
        limits.append(
            {
                "kind": "cap",
                "key": cap["key"],
                "at_most": cap["at_most"],
                "points": points_of(cut),
            }
        )
    return limits
