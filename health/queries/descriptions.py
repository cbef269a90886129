"""A definition in words: to be read, and to be compared with another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from cs_platform.lib.wording import number, percent
from health.queries import wording
from health.scoring import Definition, max_points
from health.scoring.cards import WEIGHTED_METHOD
from health.scoring.patience import patience_of
from health.signals import SIGNALS, words

MISSING = {
    "zero": gettext_lazy("counts as nothing"),
    "neutral": gettext_lazy("counts as the middle"),
    "leave_out": gettext_lazy("is left out, the rest weighs more"),
}
METHODS = {
    "points": gettext_lazy("Points: each measure gives some, their sum is the score"),
    "weighted": gettext_lazy("Weights: groups and measures share a hundred"),
}

STALE = {
    "tickets": gettext_lazy("Tickets are stale after"),
    "invoices": gettext_lazy("Invoices are stale after"),
}


@dataclass(frozen=True)
class Described:
    """A part of a card (itself, a group, a measure, a cap) with what is said of it."""

    key: tuple[str, str]
    name: str
    facts: dict[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that two definitions say differently; empty: not there."""

    name: str
    fact: str
    before: str
    after: str


def described(definition: Definition) -> list[Described]:
    """Every part of a card in words: the card first, then as they stand in it."""
    return [
        _card(definition),
        *(_group(group, definition) for group in definition["groups"]),
        *(_measure(measure, definition) for measure in definition["measures"]),
        *(_cap(cap) for cap in definition.get("caps", [])),
    ]


def differences(before: Definition, after: Definition) -> list[Difference]:
    """What one definition says that another does not, in words, in the order of the card."""
    was = {part.key: part for part in described(before)}
    now = {part.key: part for part in described(after)}
    found = []
    for key in [*now, *(key for key in was if key not in now)]:
        found.extend(_compared(was.get(key), now.get(key)))
    both = [key for key in now if key in was and key[0] == "measure"]
    if both != [key for key in was if key in both]:
        names = [
            ", ".join(parts[key].name for key in parts if key in both)
            for parts in (was, now)
        ]
        found.append(Difference(_("Order"), "", *names))
    return found


def _compared(
    before: Described | None, after: Described | None
) -> Iterable[Difference]:
    if before is None or after is None:
        one = after or before
        assert one is not None
        said = "; ".join(
            f"{fact}: {value}" for fact, value in one.facts.items() if value
        )
        gone = after is None
        return [Difference(one.name, "", said if gone else "", "" if gone else said)]
    found = [
        Difference(
            after.name, fact, before.facts.get(fact, ""), after.facts.get(fact, "")
        )
        for fact in after.facts | before.facts
        if before.facts.get(fact, "") != after.facts.get(fact, "")
    ]
    if before.name != after.name:
        found.insert(0, Difference(after.name, _("Name"), before.name, after.name))
    return found


def _card(definition: Definition) -> Described:
    borders = definition["bands"]
    hours = definition["usage_stale_after_hours"]
    facts = {
        _("Method"): str(METHODS[definition["method"]]),
        _("Green from"): str(borders["green"]),
        _("Amber from"): str(borders["amber"]),
        _("No score below"): _("%(share)s of the data")
        % {"share": percent(definition.get("coverage_floor") or 0, 0)},
        _("Usage is stale after"): ngettext("%(n)s hour", "%(n)s hours", hours)
        % {"n": hours},
    }
    for family, days in patience_of(definition).days:
        facts[str(STALE[family])] = ngettext("%(n)s day", "%(n)s days", days) % {
            "n": days
        }
    return Described(("card", ""), _("The card"), facts)


def _group(group: dict[str, Any], definition: Definition) -> Described:
    facts = {}
    if definition["method"] == WEIGHTED_METHOD:
        facts[_("Weight")] = number(group.get("weight", 0))
    name = wording.group_of(group["key"], definition)
    return Described(("group", group["key"]), _("Group “%s”") % name, facts)


def _measure(measure: dict[str, Any], definition: Definition) -> Described:
    is_weighted = definition["method"] == WEIGHTED_METHOD
    weight = measure.get("weight") if is_weighted else max_points(measure)
    facts = {
        _("Signal"): str(SIGNALS[measure["signal"]].label),
        pgettext("of measures", "Group"): wording.group_of(
            measure["group"], definition
        ),
        _("Weight") if is_weighted else _("At most"): number(weight),
        **reading_facts(measure),
        _("Gives"): shape_words(measure, measure["shape"]),
    }
    for age in measure.get("ages") or []:
        days = age["after_days"]
        since = ngettext(
            "After %(n)s day as a customer", "After %(n)s days as a customer", days
        )
        facts[since % {"n": days}] = shape_words(measure, age["shape"])
    facts |= _cares(measure)
    name = wording.label_of(measure["key"], definition)
    return Described(("measure", measure["key"]), name, facts)


def reading_facts(row: dict[str, Any]) -> dict[str, str]:
    """The window and the settings of a measure or a cap."""
    facts = {_("Looks at"): wording.window_of(row)}
    if "event" in SIGNALS[row["signal"]].settings:
        facts[_("Event")] = (row.get("settings") or {}).get("event") or _("any")
    return facts


def _cares(measure: dict[str, Any]) -> dict[str, str]:
    """How a measure minds what is old, scarce or missing."""
    facts = {_("What is not known"): str(MISSING[measure.get("missing", "zero")])}
    if days := measure.get("half_life"):
        facts[_("Half-life")] = ngettext("%(n)s day", "%(n)s days", int(days)) % {
            "n": number(days)
        }
    if least := measure.get("minimum"):
        facts[_("Needs at least")] = ngettext(
            "%(n)s observation", "%(n)s observations", int(least)
        ) % {"n": number(least)}
    return facts


def _cap(cap: dict[str, Any]) -> Described:
    signal = SIGNALS[cap["signal"]]
    facts = {
        _("Signal"): str(signal.label),
        **reading_facts(cap),
        _("When"): words.condition(signal.unit, [cap], 0),
        _("At most"): str(cap["at_most"]),
    }
    return Described(("cap", cap["key"]), cap.get("label") or cap_name(cap), facts)


def cap_name(cap: dict[str, Any]) -> str:
    """What a cap is called that has no name of its own."""
    signal = SIGNALS[cap["signal"]]
    condition = words.condition(signal.unit, [cap], 0)
    return f"{signal.label}: {condition}"


def shape_words(measure: dict[str, Any], shape: dict[str, Any]) -> str:
    """What a measure gives for what, in one line."""
    if shape["kind"] != "bands":
        return wording.condition_of(measure, None, shape)
    return "; ".join(
        f"{wording.condition_of(measure, n, shape)}: {wording.signed(step['points'])}"
        for n, step in enumerate(shape["steps"])
    )
