import random
from copy import deepcopy
from datetime import timedelta

import pytest

from health.editing import check
from health.scoring import POINTS, SHIPPED, Card, Value, score
from health.signals import SIGNALS
from tests.health.worked import NOW


def changed(path, value, definition=POINTS):
    """A copy of a definition with one thing in it put in place."""
    made = deepcopy(definition)
    branch = made
    *parts, last = path.split(".")
    for part in parts:
        branch = branch[int(part) if part.isdigit() else part]
    branch[int(last) if last.isdigit() else last] = value
    return made


WEIGHTED = SHIPPED["Weighted"]
FIRST = "measures.0.shape.steps"
CAP = {"key": "a", "signal": "days_overdue", "over": 30, "at_most": 40}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_right(name):
    assert check(SHIPPED[name]) == {}


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("method", "magic", "method"),
        ("bands", [], "bands"),
        ("bands.green", 101, "bands.green"),
        ("bands.green", True, "bands.green"),
        ("bands.amber", 80, "bands.amber"),
        ("groups", [], "groups"),
        ("groups.0", 1, "groups.0"),
        ("groups.0.key", "", "groups.0.key"),
        ("groups", [POINTS["groups"][0]] * 2 + POINTS["groups"][1:], "groups.1.key"),
        ("groups.0.label", "x" * 61, "groups.0.label"),
        ("groups.0.weight", -1, "groups.0.weight"),
        ("measures", [], "measures"),
        ("measures.1.key", "login_days", "measures.1.key"),
        ("measures.0.group", "nowhere", "measures.0.group"),
        ("measures.0.signal", "horoscope", "measures.0.signal"),
        ("measures.0.signal", ["nps"], "measures.0.signal"),
        ("measures.0.window", None, "measures.0.window"),
        ("measures.0.window", 731, "measures.0.window"),
        ("measures.3.window", 0, "measures.3.window"),
        ("measures.0.settings", {"sound": 1}, "measures.0.settings"),
        ("measures.0.settings.event", 5, "measures.0.settings.event"),
        ("measures.4.settings.months", 0, "measures.4.settings.months"),
        ("measures.0.half_life", 0.5, "measures.0.half_life"),
        ("measures.0.minimum", -1, "measures.0.minimum"),
        ("measures.0.missing", "ignore", "measures.0.missing"),
        ("measures.0.shape", None, "measures.0.shape.kind"),
        ("measures.0.shape", {"kind": "curve"}, "measures.0.shape.kind"),
        (
            "measures.0.shape",
            {"kind": "scale", "worst": 5, "best": 5},
            "measures.0.shape.best",
        ),
        (
            "measures.0.shape",
            {"kind": "scale", "worst": float("nan"), "best": 5},
            "measures.0.shape.worst",
        ),
        ("measures.0.shape", {"kind": "condition"}, "measures.0.shape.op"),
        (
            "measures.0.shape",
            {"kind": "condition", "over": "x"},
            "measures.0.shape.border",
        ),
        (FIRST, [], FIRST),
        (f"{FIRST}.0", {"points": 30}, f"{FIRST}.0.op"),
        (f"{FIRST}.2", {"under": 2, "points": 0}, f"{FIRST}.2.op"),
        (f"{FIRST}.1.from", 16, f"{FIRST}.1.border"),
        (f"{FIRST}.0.points", "many", f"{FIRST}.0.points"),
        (FIRST, [{"points": 0}], FIRST),
        ("measures.0.ages", [{"after_days": -1, "shape": {}}], "measures.0.ages.0"),
        ("caps", [CAP | {"at_most": 101}], "caps.0.at_most"),
        ("caps", [CAP | {"under": 3}], "caps.0.op"),
        ("caps", [CAP, CAP], "caps.1.key"),
        ("coverage_floor", 1.1, "coverage_floor"),
        ("usage_stale_after_hours", 0, "usage_stale_after_hours"),
    ],
)
def test_an_error_stands_at_its_path(path, value, where):
    errors = check(changed(path, value))

    assert next(iter(errors)).startswith(where)


def test_ages_go_up():
    shape = {"kind": "scale", "worst": 0, "best": 9}
    ages = [{"after_days": 60, "shape": shape}, {"after_days": 60, "shape": shape}]

    errors = check(changed("measures.0.ages", ages))

    assert errors == {
        "measures.0.ages.1.after_days": "Ages go up: give more than 60 days."
    }


def test_a_group_that_weighs_something_measures_something():
    group = {"key": "mood", "label": "Mood", "weight": 10}

    errors = check(changed("groups", [*WEIGHTED["groups"], group], WEIGHTED))

    assert list(errors) == ["groups.4.weight"]


def test_a_step_of_weights_is_of_a_hundred():
    path = "measures.8.shape.steps.0.points"

    assert list(check(changed(path, 101, WEIGHTED))) == [path]


def test_a_key_feature_needs_a_name():
    measure = {**POINTS["measures"][0], "signal": "key_feature"}

    errors = check(changed("measures.0", measure))

    assert list(errors) == ["measures.0.settings.event"]


class Dice(random.Random):
    """Parts of definitions, some of them wrong."""

    def number(self):
        return self.choice([0, 1, 5, 30, 100, 0.5, -3, 1e-7, 1e9, None, "x", True])

    def border(self):
        return self.choice([0, 1, 5, 7, 0.5, -3, 60])

    def condition(self):
        names = ["over", "from", "to", "under", "older_than_days"]
        return {self.choice(names): self.border()}

    def shape(self):
        kind = self.choice(["bands", "scale", "condition"])
        if kind == "scale":
            return {"kind": kind, "worst": self.border(), "best": self.border()}
        if kind == "condition":
            return {"kind": kind, **self.condition()}
        steps = [
            self.condition() | {"points": self.choice([0, 5, 20, 100])}
            for _ in range(self.randint(0, 2))
        ]
        last = {"points": self.choice([0, 50, 10, -20])}
        return {"kind": kind, "steps": [*steps, last]}

    def measure(self, number):
        key = self.choice(sorted(SIGNALS))
        signal = SIGNALS[key]
        settings = {name: value or "x" for name, value in signal.settings.items()}
        made = {
            "key": f"{key}{number}",
            "group": self.choice("abc"),
            "signal": key,
            "weight": self.choice([1, 5, 30, 0.5]),
            "window": signal.window,
            "settings": settings,
            "half_life": self.choice([None, 1, 30, 3650]),
            "minimum": self.choice([None, 0, 3]),
            "missing": self.choice(["zero", "neutral", "leave_out"]),
            "shape": self.shape(),
        }
        if self.random() < 0.3:
            made["ages"] = [{"after_days": 30, "shape": self.shape()}]
        if self.random() < 0.1:
            made[self.choice(sorted(made))] = self.number()
        return made

    def definition(self):
        caps = [
            {"key": "c", "signal": "days_overdue", "at_most": 40, **self.condition()}
        ]
        made = {
            "method": self.choice(["points", "weighted"]),
            "bands": {"green": 80, "amber": 50},
            "groups": [
                {"key": key, "label": "", "weight": self.choice([0, 10, 50])}
                for key in "abc"
            ],
            "measures": [self.measure(n) for n in range(self.randint(1, 3))],
            "caps": caps[: self.randint(0, 1)],
            "coverage_floor": self.choice([0, 0.5, 1]),
            "usage_stale_after_hours": 72,
        }
        if self.random() < 0.1:
            made[self.choice(sorted(made))] = self.number()
        return made

    def value(self):
        if self.random() < 0.2:
            return None
        return Value(
            self.choice([0, 1, 0.5, -5, 1e12, 30]),
            as_of=self.choice([None, NOW, NOW - timedelta(days=90), NOW]),
            n=self.choice([None, 0, 5]),
            age=timedelta(days=self.choice([0, 8, 400])),
            is_stale=self.random() < 0.2,
        )


def test_no_definition_that_is_right_makes_scoring_raise():
    dice = Dice(7)
    right = 0
    for _ in range(3000):
        definition = dice.definition()
        if check(definition):
            continue
        right += 1
        card = Card(definition)
        values = {reading: dice.value() for reading in card.all_readings}
        found = score(card, values, at=NOW, age_days=dice.choice([None, 0, 31, 4000]))
        assert found.score is None or 0 <= found.score <= 100
        total = sum(round(one["points"] * 100) for one in found.measures)
        cut = sum(round(one["points"] * 100) for one in found.limits)
        assert found.score is None or found.score == (total + cut + 50) // 100

    assert right > 300
