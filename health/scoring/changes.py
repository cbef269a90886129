"""What changed between two scores, in points that add up exactly.

The way from one to the other is walked in steps, each of which changes one thing: the
age of the account, the card, what data there is, then every measure's behaviour and
decay at the weights that then hold. What is cut off (0, 100, caps), rounded, and
overridden closes the sum. All in hundredths of a point.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from health.scoring import evaluation
from health.scoring.cards import Card, Definition
from health.scoring.evaluation import Found, hundredths_of, points_of
from health.scoring.reading import Value, reading_of
from health.scoring.shapes import shape_at


@dataclass(frozen=True)
class Side:
    """A score as a snapshot keeps it. `computed`: before a person's override."""

    definition: Definition
    measures: list[dict[str, Any]]
    limits: list[dict[str, Any]]
    computed: int | None
    at: datetime
    override: int | None = None
    age_days: int | None = None

    @property
    def shown(self) -> int | None:
        return self.computed if self.override is None else self.override


@dataclass(frozen=True)
class Part:
    """Points of the change with their cause.

    Kinds: behaviour, data, decay (of the measure `key`); configuration (`key` "card" or
    "age"); cap (`key` of the cap), clip, rounding, override.
    """

    kind: str
    key: str
    points: float


@dataclass(frozen=True)
class _State:
    """Every measure by itself, what each gives, and the caps that hold."""

    finds: list[Found]
    points: list[int]
    held: list[dict[str, Any]]
    limits: tuple[int, int, str]  # cut at 0 or 100, cut by a cap, which

    @property
    def total(self) -> int:
        return sum(self.points) + self.limits[0] + self.limits[1]


def decompose(before: Side, after: Side) -> list[Part]:
    """The parts of the change of the shown score, the largest first; zeros left out.

    Their sum is the change, exactly. Empty when one of the two shows no score. Where
    one has a person's score only, all of it is the doing of persons.
    """
    if before.shown is None or after.shown is None:
        return []
    if before.computed is None or after.computed is None:
        moved = after.shown - before.shown
        return [Part("override", "", moved)] if moved else []
    parts, state, card = _configuration(before, after)
    end = _kept(card, after)
    data, state = _data(card, state, end)
    parts += [*data, *_behaviour(card, state, end)]
    parts += _cut(state, end)
    whole = 100 * (after.computed - before.computed)
    rest = whole - sum(number for _, _, number in parts)
    parts.append(("rounding", "", rest))
    parts.append(("override", "", 100 * (_overridden(after) - _overridden(before))))
    found = [Part(kind, key, points_of(n)) for kind, key, n in parts if n]
    return sorted(found, key=lambda part: (-abs(part.points), part.kind, part.key))


def _configuration(before: Side, after: Side):
    """Parts of what was decided, not done: thresholds of a greater age, another card."""
    parts: list[tuple[str, str, int]] = []
    card = Card(before.definition)
    state = _kept(card, before)
    if older := _older(card, before, after):
        aged = _again(card, state, before.at, after.age_days, older)
        parts.append(("configuration", "age", aged.total - state.total))
        state = aged
    if before.definition != after.definition:
        new = Card(after.definition)
        changed = _under(new, card, state, before, after)
        parts.append(("configuration", "card", changed.total - state.total))
        state, card = changed, new
    return parts, state, card


def _older(card: Card, before: Side, after: Side) -> list[int]:
    """The measures that ask something else of an account as old as it is now."""
    return [
        number
        for number, measure in enumerate(card.measures)
        if measure.get("ages")
        and shape_at(measure, before.age_days) != shape_at(measure, after.age_days)
    ]


def _under(new: Card, old: Card, state: _State, before: Side, after: Side) -> _State:
    """What was found before, judged by the new card.

    A measure that the old card did not have, or read otherwise, is taken as found after:
    that it counts now is the doing of the card.
    """
    end = _kept(new, after)
    was = {m["key"]: number for number, m in enumerate(old.measures)}
    finds, again = [], []
    for number, measure in enumerate(new.measures):
        old_number = was.get(measure["key"])
        if old_number is None or reading_of(old.measures[old_number]) != reading_of(
            measure
        ):
            finds.append(end.finds[number])
            continue
        finds.append(state.finds[old_number])
        if old.measures[old_number] != measure or old.is_weighted != new.is_weighted:
            again.append(number)
    caps = {cap["key"]: cap for cap in old.caps}
    held_then = {cap["key"] for cap in state.held}
    held_now = {cap["key"] for cap in end.held}
    held = [
        cap
        for cap in new.caps
        if cap["key"] in (held_then if caps.get(cap["key"]) == cap else held_now)
    ]
    judged = _State(finds, [], held, (0, 0, ""))
    return _again(new, judged, before.at, after.age_days, again)


def _again(card: Card, state: _State, at, age_days, numbers) -> _State:
    """Judge some measures anew from the values they had; weigh all of them."""
    finds = list(state.finds)
    for number in numbers:
        finds[number] = evaluation.found(
            card, number, finds[number].value, at=at, age_days=age_days
        )
    return _weighed(card, finds, state.held)


def _weighed(card: Card, finds: list[Found], held) -> _State:
    points = evaluation.weigh(card, finds).points
    limited = evaluation.limit(sum(points), held)
    capped_by = limited.capped_by["key"] if limited.capped_by else ""
    return _State(finds, points, held, (limited.clip, limited.cap, capped_by))


def _data(card: Card, state: _State, end: _State):
    """Data that went missing or returned, one measure after the other, weights and all."""
    parts: list[tuple[str, str, int]] = []
    for number, measure in enumerate(card.measures):
        was, now = state.finds[number], end.finds[number]
        if (was.state == "missing") == (now.state == "missing"):
            continue
        finds = [*state.finds[:number], now, *state.finds[number + 1 :]]
        changed = _weighed(card, finds, state.held)
        moved = sum(changed.points) - sum(state.points)
        parts.append(("data", measure["key"], moved))
        # What is cut is told at the end; the caps are those of before.
        state = _State(finds, changed.points, state.held, state.limits)
    return parts, state


def _behaviour(card: Card, state: _State, end: _State):
    """What each measure moved by, and of it what only time took."""
    for number, measure in enumerate(card.measures):
        moved = end.points[number] - state.points[number]
        faded = _faded(card, number, state, end) if moved else 0
        yield "decay", measure["key"], faded
        yield "behaviour", measure["key"], moved - faded


def _faded(card: Card, number: int, state: _State, end: _State) -> int:
    was, now = state.finds[number], end.finds[number]
    if was.decay == now.decay or "missing" in (was.state, now.state):
        return 0
    if was.value is None or now.value is None or was.value.as_of != now.value.as_of:
        return 0  # a new fact: nothing faded
    finds = list(end.finds)
    finds[number] = was._replace(decay=now.decay)
    return evaluation.weigh(card, finds).points[number] - state.points[number]


def _cut(state: _State, end: _State):
    yield "clip", "", end.limits[0] - state.limits[0]
    (_, was_cut, was_key), (_, cut, key) = state.limits, end.limits
    if was_key and key and was_key != key:
        yield "cap", was_key, -was_cut
        yield "cap", key, cut
    else:
        yield "cap", key or was_key, cut - was_cut


def _overridden(side: Side) -> int:
    if side.override is None or side.computed is None:
        return 0
    return side.override - side.computed


def _kept(card: Card, side: Side) -> _State:
    """A side as it was kept, in the order of its card."""
    kept = {measure["key"]: measure for measure in side.measures}
    measures = [kept.get(m["key"], _NOTHING) for m in card.measures]
    finds = [_found(card, number, one, side.at) for number, one in enumerate(measures)]
    by_key = {cap["key"]: cap for cap in card.caps}
    caps = [one for one in side.limits if one["kind"] == "cap"]
    held = [by_key[one["key"]] for one in caps if one["key"] in by_key]
    clip = sum(hundredths_of(x["points"]) for x in side.limits if x["kind"] == "clip")
    cap = sum(hundredths_of(one["points"]) for one in caps)
    cutting = next((one["key"] for one in caps if one["points"]), "")
    points = [hundredths_of(one["points"]) for one in measures]
    return _State(finds, points, held, (clip, cap, cutting))


_NOTHING: dict[str, Any] = {"state": "missing", "points": 0}


def _found(card: Card, number: int, kept: dict[str, Any], at: datetime) -> Found:
    value = None
    if "value" in kept:
        as_of, since = kept.get("as_of"), kept.get("since")
        value = Value(
            kept["value"],
            as_of=datetime.fromisoformat(as_of) if as_of else None,
            n=kept.get("n"),
            age=at - datetime.fromisoformat(since) if since else timedelta(0),
            is_stale=kept["state"] == "stale",
            detail=kept.get("detail"),
        )
    share = kept.get("share")
    if share is None:
        # Kept before shares were: a card of points, whose weights never moved.
        weight = card.weights[number]
        share = kept["points"] / weight if weight else 0.0
    return Found(kept["state"], share, kept.get("step"), kept.get("decay", 1.0), value)
