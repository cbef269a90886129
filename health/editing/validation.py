"""What is wrong with the definition of a scorecard: where, and what to do about it.

A definition without errors never makes scoring raise, whatever is known of an account.
"""

from typing import Any

from django.utils.translation import gettext as _

from health.editing.rules import (
    Errors,
    condition,
    day_count,
    is_whole,
    number,
    rows,
    text,
)
from health.editing.shapes import check_shape
from health.scoring.cards import MISSING, POINTS_METHOD, WEIGHTED_METHOD
from health.scoring.patience import FACTS
from health.signals import SIGNALS

__all__ = ["Errors", "check"]

METHODS = (POINTS_METHOD, WEIGHTED_METHOD)
# Of any list: a card that nobody can read explains nothing.
MOST = 60
LONGEST_WINDOW = 730
LONGEST = 3650


def check(definition: Any) -> Errors:
    """Every error of a definition by its path, such as "measures.0.shape.worst"."""
    errors = Errors()
    if not isinstance(definition, dict):
        return Errors({"": _("A scorecard is a set of fields.")})
    if definition.get("method") not in METHODS:
        errors["method"] = _("Choose points or weights.")
    _check_bands(errors, definition.get("bands"))
    groups = rows(errors, "groups", definition.get("groups"), least=1, most=MOST)
    measures = rows(errors, "measures", definition.get("measures"), least=1, most=MOST)
    caps = rows(errors, "caps", definition.get("caps", []), least=0, most=MOST)
    for some in (groups, measures, caps):
        _check_keys(errors, some)
    for path, group in groups:
        _check_group(errors, path, group)
    known = {one["key"] for _path, one in groups if isinstance(one.get("key"), str)}
    for path, measure in measures:
        _check_measure(errors, path, measure, definition.get("method"), known)
    for path, cap in caps:
        _check_cap(errors, path, cap)
    if not errors and definition["method"] == WEIGHTED_METHOD:
        _check_weights(errors, groups, measures)
    _check_limits(errors, definition)
    return errors


def _check_bands(errors: Errors, bands: Any) -> None:
    if not isinstance(bands, dict):
        errors["bands"] = _("Say from which score on an account is green, and amber.")
        return
    for name in ("green", "amber"):
        if not is_whole(bands.get(name), 1, 100):
            errors[f"bands.{name}"] = _("Give a whole number from 1 to 100.")
    if not errors and bands["amber"] >= bands["green"]:
        errors["bands.amber"] = _(
            "Amber has to begin below green: give a number less than %(green)s."
        ) % {"green": bands["green"]}


def _check_group(errors: Errors, path: str, group: dict[str, Any]) -> None:
    text(errors, f"{path}.label", group.get("label", ""), longest=60)
    number(errors, f"{path}.weight", group.get("weight", 0), least=0, most=1000)


def _check_keys(errors: Errors, some: list[tuple[str, dict[str, Any]]]) -> None:
    seen = set()
    for path, row in some:
        key = row.get("key")
        if not isinstance(key, str) or not 0 < len(key) <= 60:
            errors[f"{path}.key"] = _("Give a key of 1 to 60 characters.")
        elif key in seen:
            errors[f"{path}.key"] = _("Another one has this key: choose a new one.")
        else:
            seen.add(key)


def _check_measure(
    errors: Errors, path: str, measure: dict[str, Any], method: Any, groups: set[str]
) -> None:
    if measure.get("group") not in groups:
        errors[f"{path}.group"] = _("Choose one of the groups of this card.")
    text(errors, f"{path}.label", measure.get("label", ""), longest=100)
    _check_reading(errors, path, measure)
    if measure.get("missing", "zero") not in MISSING:
        errors[f"{path}.missing"] = _("Say what it means that nothing is known.")
    day_count(errors, f"{path}.half_life", measure.get("half_life"), LONGEST)
    if measure.get("minimum") is not None:
        number(errors, f"{path}.minimum", measure["minimum"], least=0, most=1_000_000)
    shape = measure.get("shape")
    check_shape(errors, f"{path}.shape", shape, method)
    kind = shape.get("kind") if isinstance(shape, dict) else None
    if method == WEIGHTED_METHOD or kind != "bands":
        number(errors, f"{path}.weight", measure.get("weight"), above=0, most=1000)
    _check_ages(errors, path, measure, method)


def _check_reading(errors: Errors, path: str, row: dict[str, Any]) -> None:
    """What a measure or a cap reads: a signal, its window and its settings."""
    key = row.get("signal")
    signal = SIGNALS.get(key) if isinstance(key, str) else None
    if signal is None:
        errors[f"{path}.signal"] = _("Choose a signal from the list.")
        return
    window = row.get("window")
    if (window is not None or signal.window is not None) and not is_whole(
        window, 1, LONGEST_WINDOW
    ):
        errors[f"{path}.window"] = _("Give a number of days from 1 to %(most)s.") % {
            "most": LONGEST_WINDOW
        }
    settings = row.get("settings") or {}
    if not isinstance(settings, dict) or not set(settings) <= set(signal.settings):
        errors[f"{path}.settings"] = _("The signal does not have these settings.")
        return
    _check_settings(errors, f"{path}.settings", {**signal.settings, **settings}, key)


def _check_settings(errors: Errors, path: str, settings: Any, key: Any) -> None:
    if "months" in settings and not is_whole(settings["months"], 1, 36):
        errors[f"{path}.months"] = _("Give a number of months from 1 to 36.")
    if "event" in settings:
        text(errors, f"{path}.event", settings["event"], longest=200)
        if key == "key_feature" and not settings["event"]:
            errors[f"{path}.event"] = _("Name the event that means use of the feature.")


def _check_ages(errors: Errors, path: str, measure: dict[str, Any], method) -> None:
    before: Any = -1
    ages = rows(errors, f"{path}.ages", measure.get("ages") or [], least=0, most=MOST)
    for where, age in ages:
        after: Any = age.get("after_days")
        if not is_whole(after, 0, LONGEST):
            errors[f"{where}.after_days"] = _("Give a number of days.")
        elif after <= before:
            errors[f"{where}.after_days"] = _(
                "Ages go up: give more than %(days)s days."
            ) % {"days": before}
        else:
            before = after
        check_shape(errors, f"{where}.shape", age.get("shape"), method)


def _check_cap(errors: Errors, path: str, cap: dict[str, Any]) -> None:
    text(errors, f"{path}.label", cap.get("label", ""), longest=100)
    _check_reading(errors, path, cap)
    condition(errors, path, cap)
    if not is_whole(cap.get("at_most"), 0, 100):
        errors[f"{path}.at_most"] = _("Give a whole number from 0 to 100.")


def _check_weights(errors: Errors, groups, measures) -> None:
    """The groups share a hundred: one that weighs something needs a measure."""
    used = {measure["group"] for _path, measure in measures}
    for path, group in groups:
        if group.get("weight") and group["key"] not in used:
            errors[f"{path}.weight"] = _(
                "Nothing is measured in this group: add a measure, or give it 0."
            )
    if not any(one.get("weight") for _path, one in groups if one["key"] in used):
        errors[f"{groups[0][0]}.weight"] = _(
            "No group weighs anything: give one more than 0."
        )


def _check_limits(errors: Errors, definition: dict[str, Any]) -> None:
    number(
        errors,
        "coverage_floor",
        definition.get("coverage_floor") or 0,
        least=0,
        most=1,
        says=_("Give a share from 0 to 100%."),
    )
    if not is_whole(definition.get("usage_stale_after_hours"), 1, 2160):
        errors["usage_stale_after_hours"] = _("Give a number of hours from 1 to 2,160.")
    path = "facts_stale_after_days"
    days = definition.get(path) or {}
    if not isinstance(days, dict) or not set(days) <= set(FACTS):
        errors[path] = _("Only tickets and invoices go stale by days.")
        return
    for name, one in days.items():
        if one is not None and not is_whole(one, 1, LONGEST_WINDOW):
            errors[f"{path}.{name}"] = _(
                "Give a number of days from 1 to %(most)s."
            ) % {"most": LONGEST_WINDOW}
