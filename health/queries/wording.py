"""What measures are called and what they found, in the reader's language."""

from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cs_platform.lib.wording import MINUS, number, percent
from health.scoring import Definition
from health.signals import SIGNALS, words

GROUPS = {
    "use": gettext_lazy("Product use"),
    "support": gettext_lazy("Support"),
    "feedback": gettext_lazy("Feedback"),
    "money": gettext_lazy("Money"),
    "relations": gettext_lazy("Relations"),
    "value": gettext_lazy("First value"),
}
MISSING = {
    "zero": gettext_lazy("gives nothing while it is missing"),
    "neutral": gettext_lazy("counts as half while it is missing"),
    "leave_out": gettext_lazy("left out: the others weigh more"),
}
# Measures of shipped cards whose signal alone does not say what they are after.
MEASURES = {
    "habit": gettext_lazy("Days with a login in half a year"),
    "first_value": gettext_lazy("First value: a key feature used"),
    "silence": gettext_lazy("Days with a login lately"),
}
OTHERS = {"limits": gettext_lazy("A score ends at 0 and 100")}


def signed(points: float) -> str:
    """+15, 0, −20, +7.5."""
    if not points:
        return "0"
    return ("+" if points > 0 else MINUS) + number(abs(points))


def label_of(key: str, definition: Definition | None = None) -> str:
    """What a measure is called: as its card says, else as its signal is."""
    for measure in definition["measures"] if definition else ():
        if measure["key"] == key:
            return measure.get("label") or named(key, measure["signal"])
    return _label_of(key)


def named(key: Any, signal: Any) -> str:
    """What a measure is called that its card gives no name; of a form, so anything."""
    if isinstance(key, str) and key in MEASURES:
        return str(MEASURES[key])
    return _label_of(signal) if isinstance(signal, str) else str(signal)


def _label_of(key: str) -> str:
    if key in SIGNALS:
        return str(SIGNALS[key].label)
    return str(OTHERS.get(key, key))


def group_of(key: str, definition: Definition | None = None) -> str:
    for group in definition["groups"] if definition else ():
        if group["key"] == key and group.get("label"):
            return group["label"]
    return str(GROUPS.get(key, key))


def missing_of(measure: dict[str, Any]) -> str:
    """What missing data means for a measure."""
    return str(MISSING[measure.get("missing", "zero")])


def decay_of(measure: dict[str, Any], kept: dict[str, Any]) -> str:
    """How much of a fact still counts after the time since; empty for a fresh one."""
    if "decay" not in kept:
        return ""
    days = measure["half_life"]
    half = ngettext("halves every %(n)s day", "halves every %(n)s days", days)
    counts = _("counts %(share)s by its age") % {"share": percent(kept["decay"], 0)}
    return f"{counts}, {half % {'n': days}}"


def small(label: str) -> str:
    """Words of our own as they stand within a sentence: "days with a login", "NPS"."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def cap_of(key: str, *definitions: Definition) -> str:
    """What a cap is called: as the first card that has it says, else what it asks."""
    for definition in definitions:
        for cap in definition.get("caps", ()):
            if cap["key"] == key:
                return cap.get("label") or _asked(cap)
    return key


def rule_of(key: str, definition: Definition) -> str:
    """What a measure or a cap of a card is called."""
    if any(measure["key"] == key for measure in definition["measures"]):
        return label_of(key, definition)
    return cap_of(key, definition)


def _asked(cap: dict[str, Any]) -> str:
    signal = SIGNALS.get(cap["signal"])
    unit = signal.unit if signal else "number"
    return f"{_label_of(cap['signal'])}: {words.condition(unit, [cap], 0)}"


def person_of(judgement: Any) -> str:
    """Who judged; a program, or a person who was removed, has no name."""
    return (
        str(judgement.by)
        if judgement and judgement.by
        else _("a program or a former member")
    )


def window_of(measure: dict[str, Any]) -> str:
    """How far back a measure looks; empty when it looks at now."""
    if days := measure.get("window"):
        return ngettext("last %(n)s day", "last %(n)s days", days) % {"n": days}
    if months := measure.get("settings", {}).get("months"):
        return ngettext("last %(n)s month", "last %(n)s months", months) % {"n": months}
    return ""


def found_of(measure: dict[str, Any], kept: dict[str, Any]) -> str:
    """What a measure found, in words."""
    signal = SIGNALS.get(measure["signal"])
    if "value" not in kept or signal is None:
        return str(signal.nothing) if signal else _("no data")
    if signal.found:
        said = signal.found(kept["value"], kept.get("detail", {}))
    else:
        said = words.said(signal.unit, kept["value"])
    least = measure.get("minimum")
    if kept.get("state") != "missing" or not least:
        return said
    return f"{said} ({_too_few(ceil(least))})"


def _too_few(least: int) -> str:
    """Why something was found, and is not known all the same."""
    return ngettext(
        "too little to judge by: at least %(n)s observation is needed",
        "too little to judge by: at least %(n)s observations are needed",
        least,
    ) % {"n": number(least)}


def condition_of(
    measure: dict[str, Any], step: int | None, shape: dict[str, Any] | None = None
) -> str:
    """When a measure gives something, or its step does, in words.

    `shape`: that of the account's age, when it is not the measure's own.
    """
    shape = shape or measure["shape"]
    signal = SIGNALS.get(measure["signal"])
    unit = signal.unit if signal else "number"
    if shape["kind"] == "scale":
        return words.scale(unit, shape["worst"], shape["best"])
    if shape["kind"] == "condition":
        return words.condition(unit, [shape], 0)
    if step is None or step >= len(shape["steps"]):
        return ""
    own = signal and signal.condition and signal.condition(shape["steps"], step)
    return own or words.condition(unit, shape["steps"], step)
