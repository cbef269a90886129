"""The scorecards in force, who is scored by which, and what they say in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from health.models import CardRule, Scorecard
from health.queries import wording
from health.scoring import SHIPPED, Definition, max_points

# Who matches no rule is scored by it.
DEFAULT = "Points"


@dataclass(frozen=True)
class Step:
    """A condition and its points."""

    condition: str
    points: float

    @property
    def points_signed(self) -> str:
        return wording.signed(self.points)


@dataclass(frozen=True)
class Explained:
    """A measure of a scorecard, in the reader's language."""

    label: str
    group: str
    window: str
    steps: list[Step]
    max_points: float


def cards_in_force() -> dict[str, Scorecard]:
    """The newest published version of each scorecard, by name.

    Those shipped are there, unsaved, before the first score.
    """
    newest = Scorecard.objects.published().order_by("name", "-version")
    found = {card.name: card for card in newest.distinct("name")}
    for name, definition in SHIPPED.items():
        if name not in found:
            found[name] = Scorecard(name=name, version=1, definition=definition)
    return found


def scorecard_in_force(name: str = DEFAULT) -> Scorecard:
    """The version of a scorecard that scores now. Raises KeyError without one."""
    return cards_in_force()[name]


def rules_in_order() -> list[CardRule]:
    return list(CardRule.objects.order_by("position"))


def card_names(accounts: Iterable[Any], known: Iterable[str]) -> dict[Any, str]:
    """Which scorecard each account gets: the first rule that matches, by id.

    Accounts have pk, lifecycle_stage, tier and segment. A rule that names a card that
    is not in force matches nobody.
    """
    accounts = list(accounts)
    names = card_names_in_order(accounts, known)
    return {one.pk: name for one, name in zip(accounts, names, strict=True)}


def card_names_in_order(accounts: Iterable[Any], known: Iterable[str]) -> list[str]:
    """The same, in the order of the accounts."""
    in_force = set(known)
    rules = [rule for rule in rules_in_order() if rule.card in in_force]
    found: dict[tuple[str, str, str], str] = {}
    names = []
    for one in accounts:
        kind = (one.lifecycle_stage, one.tier, one.segment)
        if kind not in found:
            found[kind] = _first(rules, *kind)
        names.append(found[kind])
    return names


def _first(rules: list[CardRule], stage: str, tier: str, segment: str) -> str:
    for rule in rules:
        if (
            (not rule.stages or stage in rule.stages)
            and (not rule.tiers or tier in rule.tiers)
            and (not rule.segments or segment in rule.segments)
        ):
            return rule.card
    return DEFAULT


def explained(definition: Definition) -> list[Explained]:
    """Every measure of a card with its conditions."""
    return [
        Explained(
            label=wording.label_of(measure["key"], definition),
            group=wording.group_of(measure["group"], definition),
            window=wording.window_of(measure),
            steps=_steps(measure),
            max_points=max_points(measure),
        )
        for measure in definition["measures"]
    ]


def _steps(measure: dict[str, Any]) -> list[Step]:
    shape = measure["shape"]
    if shape["kind"] == "bands":
        return [
            Step(wording.condition_of(measure, number), step["points"])
            for number, step in enumerate(shape["steps"])
        ]
    return [Step(wording.condition_of(measure, None), max_points(measure))]
