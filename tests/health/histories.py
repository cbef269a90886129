"""Random cards, random accounts and two days of their lives, the same for the same seed."""

import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from health.scoring import Side, Value, reading_of, score

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
SIGNALS = [f"signal_{number}" for number in range(9)]


class Day(NamedTuple):
    """An instant, what the readings said then, and what a person said instead."""

    at: datetime
    values: dict
    age_days: int | None
    override: int | None


def random_card(dice):
    method = dice.choice(["points", "weighted"])
    groups = [
        {"key": f"g{n}", "label": "", "weight": dice.randint(0, 50)} for n in (1, 2, 3)
    ]
    groups[0]["weight"] = dice.randint(1, 50)
    signals = dice.sample(SIGNALS, dice.randint(1, 7))
    return {
        "method": method,
        "bands": {"green": 80, "amber": 50},
        "groups": groups,
        "measures": [_measure(dice, signal, groups) for signal in signals],
        "caps": [_cap(dice, number) for number in range(dice.choice([0, 0, 1, 2]))],
        "coverage_floor": dice.choice([0, 0, 0.2]),
    }


def changed_card(dice, card):
    """The next version: one thing or several are otherwise."""
    card = deepcopy(card)
    for change in dice.sample(
        [_reweigh, _reshape, _drop, _add, _recap, _remiss], dice.randint(1, 3)
    ):
        change(dice, card)
    return card


def random_day(dice, cards, at, age_days):
    readings = {
        reading_of(one) for card in cards for one in (*card["measures"], *card["caps"])
    }
    values = {reading: _value(dice, at) for reading in sorted(readings, key=str)}
    return Day(
        at, values, age_days, dice.choice([None, None, None, dice.randint(0, 100)])
    )


def next_day(dice, day, days):
    """Some days later: most readings moved, came or went, a person thought again."""
    at = day.at + timedelta(days=days)
    values = {}
    for reading, value in day.values.items():
        fate = dice.random()
        if fate < 0.3:
            values[reading] = value and value._replace(
                age=value.age and value.age + timedelta(days=days)
            )
        else:
            values[reading] = None if fate < 0.45 else _value(dice, at)
    age = None if day.age_days is None else day.age_days + days
    override = dice.choice([day.override, day.override, None, dice.randint(0, 100)])
    return Day(at, values, age, override)


def side(card, day):
    """The day as a snapshot would keep it."""
    found = score(card, day.values, at=day.at, age_days=day.age_days)
    return Side(
        definition=card,
        measures=found.measures,
        limits=found.limits,
        computed=found.score,
        at=day.at,
        override=day.override,
        age_days=day.age_days,
    )


def random_history(seed):
    """Two sides of one account: another card in half of the cases."""
    dice = random.Random(seed)
    card = random_card(dice)
    later = changed_card(dice, card) if dice.random() < 0.4 else card
    if dice.random() < 0.1:
        later = random_card(dice)
    age = dice.choice([None, dice.randint(0, 400)])
    first = random_day(dice, [card, later], FIRST, age)
    second = next_day(dice, first, dice.randint(1, 200))
    return side(card, first), side(later, second)


def _measure(dice, signal, groups):
    measure = {
        "key": signal,
        "group": dice.choice(groups)["key"],
        "signal": signal,
        "label": "",
        "weight": dice.choice([0, 1, 7, 10, 20, 33, 33.3]),
        "window": dice.choice([None, 30]),
        "settings": {},
        "half_life": dice.choice([None, None, 7, 30, 90]),
        "minimum": dice.choice([None, None, 3]),
        "missing": dice.choice(["zero", "neutral", "leave_out"]),
        "shape": _shape(dice),
    }
    if dice.random() < 0.3:
        measure["ages"] = [
            {"after_days": days, "shape": _shape(dice)}
            for days in sorted(dice.sample([30, 90, 180, 360], dice.randint(1, 2)))
        ]
    return measure


def _shape(dice):
    kind = dice.choice(["bands", "scale", "condition"])
    if kind == "scale":
        worst, best = dice.sample([0, 0.5, 1, 3, 10, 20, 50], 2)
        return {"kind": kind, "worst": worst, "best": best}
    if kind == "condition":
        return {
            "kind": kind,
            dice.choice(["over", "from", "to", "under"]): dice.randint(0, 20),
        }
    steps = [
        {"over": 15, "points": dice.randint(0, 60)},
        {"older_than_days": 7, "points": dice.randint(-30, 30)},
        {"from": 5, "points": dice.randint(-20, 40)},
        {"points": dice.randint(-20, 5)},
    ]
    return {"kind": kind, "steps": steps}


def _cap(dice, number):
    return {
        "key": f"cap_{number}",
        "label": f"Cap {number}",
        "signal": dice.choice(SIGNALS),
        "window": None,
        "settings": {},
        dice.choice(["over", "under"]): dice.randint(0, 20),
        "at_most": dice.choice([0, 20, 40, 60]),
    }


def _value(dice, at):
    if dice.random() < 0.15:
        return None
    number = dice.choice(
        [dice.randint(0, 25), dice.uniform(-1, 30), dice.randint(0, 20) / 7]
    )
    return Value(
        number,
        as_of=dice.choice([None, at - timedelta(hours=dice.randint(0, 4000))]),
        n=dice.choice([None, dice.randint(0, 9)]),
        age=timedelta(hours=dice.choice([0, dice.randint(1, 900)])),
        is_stale=dice.random() < 0.1,
    )


def _reweigh(dice, card):
    dice.choice(card["groups"])["weight"] += dice.randint(1, 20)
    dice.choice(card["measures"])["weight"] = dice.randint(1, 40)


def _reshape(dice, card):
    dice.choice(card["measures"])["shape"] = _shape(dice)


def _drop(dice, card):
    if len(card["measures"]) > 1:
        card["measures"].remove(dice.choice(card["measures"]))


def _add(dice, card):
    known = {measure["key"] for measure in card["measures"]}
    signal = next(one for one in SIGNALS if one not in known)
    card["measures"].append(_measure(dice, signal, card["groups"]))


def _recap(dice, card):
    card["caps"] = [_cap(dice, number) for number in range(dice.choice([0, 1, 2]))]


def _remiss(dice, card):
    measure = dice.choice(card["measures"])
    measure["missing"] = dice.choice(["zero", "neutral", "leave_out"])
    measure["half_life"] = dice.choice([None, 14])
