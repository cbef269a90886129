"""Between a definition and what stands in the fields of its form.

The name of a field is its path, "measures.0.shape.steps.1.points"; so errors find it.
Shares are entered in percent.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from health.editing.rules import Errors, conditions_of
from health.scoring.patience import FACTS
from health.signals import SIGNALS

Entered = dict[str, Any]
PERCENT = {"share", "change"}
# A form with more is nobody's.
DEEPEST = 8


def factor_of(signal: Any) -> int:
    """By how much a value is multiplied to be entered."""
    known = SIGNALS.get(signal) if isinstance(signal, str) else None
    return 100 if known and known.unit in PERCENT else 1


def unfold(fields: Iterable[tuple[str, str]]) -> Entered:
    """Fields by path as a tree; numbered branches become lists, in order."""
    tree: dict[str, Any] = {}
    for path, value in fields:
        parts = path.split(".")
        if len(parts) > DEEPEST:
            continue
        branch: Any = tree
        for part in parts[:-1]:
            branch = branch.setdefault(part, {})
            if not isinstance(branch, dict):
                break
        else:
            branch[parts[-1]] = value
    return _listed(tree)


def _listed(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    if branch and all(_is_place(key) for key in branch):
        return [_listed(branch[key]) for key in sorted(branch, key=int)]
    return {key: _listed(value) for key, value in branch.items()}


def _is_place(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 5


def entered(definition: dict[str, Any]) -> Entered:
    """A definition as it stands in the fields of a form."""
    return {
        "method": definition["method"],
        "bands": {name: _said(value) for name, value in definition["bands"].items()},
        "groups": [
            {
                "key": group["key"],
                "label": group.get("label", ""),
                "weight": _said(group.get("weight", 0)),
            }
            for group in definition["groups"]
        ],
        "measures": [entered_measure(one) for one in definition["measures"]],
        "caps": [_entered_cap(one) for one in definition.get("caps", [])],
        "coverage_floor": _said(definition.get("coverage_floor") or 0, 100),
        "usage_stale_after_hours": _said(definition["usage_stale_after_hours"]),
        "facts_stale_after_days": {
            name: _said((definition.get("facts_stale_after_days") or {}).get(name))
            for name in FACTS
        },
    }


def entered_measure(measure: dict[str, Any]) -> Entered:
    factor = factor_of(measure["signal"])
    return {
        "key": measure["key"],
        "group": measure["group"],
        "label": measure.get("label", ""),
        "weight": _said(measure.get("weight")),
        "half_life": _said(measure.get("half_life")),
        "minimum": _said(measure.get("minimum")),
        "missing": measure.get("missing", "zero"),
        "shape": entered_shape(measure["shape"], factor),
        "ages": [
            {
                "after_days": _said(age["after_days"]),
                "shape": entered_shape(age["shape"], factor),
            }
            for age in measure.get("ages") or []
        ],
        **_entered_reading(measure),
    }


def entered_shape(shape: Any, factor: int) -> Entered:
    kind = shape["kind"]
    if kind == "bands":
        steps = [
            {**_entered_condition(step, factor), "points": _said(step["points"])}
            for step in shape["steps"]
        ]
        return {"kind": kind, "steps": steps}
    if kind == "scale":
        return {
            "kind": kind,
            "worst": _said(shape["worst"], factor),
            "best": _said(shape["best"], factor),
        }
    return {"kind": kind, **_entered_condition(shape, factor)}


def _entered_cap(cap: dict[str, Any]) -> Entered:
    return {
        "key": cap["key"],
        "label": cap.get("label", ""),
        "at_most": _said(cap["at_most"]),
        **_entered_reading(cap),
        **_entered_condition(cap, factor_of(cap["signal"])),
    }


def _entered_reading(row: dict[str, Any]) -> Entered:
    signal = SIGNALS[row["signal"]]
    settings = {**signal.settings, **(row.get("settings") or {})}
    return {
        "signal": row["signal"],
        "window": _said(row.get("window")),
        "settings": {name: _said(value) for name, value in settings.items()},
    }


def _entered_condition(row: Any, factor: int) -> Entered:
    for name in conditions_of(row):
        by = 1 if name == "older_than_days" else factor
        return {"op": name, "border": _said(row[name], by)}
    return {"op": "", "border": ""}


def _said(value: Any, factor: int = 1) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{round(Decimal(str(value)) * factor, 6).normalize():f}"


def define(form: Entered) -> tuple[dict[str, Any], Errors]:
    """The definition that a form says, and what in it is not even a number."""
    errors = Errors()
    definition = {
        "method": _text(form, "method"),
        "bands": {
            name: _number(_tree(form, "bands"), name, "bands", errors)
            for name in ("green", "amber")
        },
        "groups": [
            {
                "key": _text(group, "key"),
                "label": _text(group, "label"),
                "weight": _number(group, "weight", path, errors) or 0,
            }
            for path, group in _rows(form, "groups", "")
        ],
        "measures": [
            _measure(measure, path, errors)
            for path, measure in _rows(form, "measures", "")
        ],
        "caps": [_cap(cap, path, errors) for path, cap in _rows(form, "caps", "")],
        "coverage_floor": _number(form, "coverage_floor", "", errors, factor=100) or 0,
        "usage_stale_after_hours": _number(form, "usage_stale_after_hours", "", errors),
        "facts_stale_after_days": _days(form, errors),
    }
    return definition, errors


def _days(form: Entered, errors: Errors) -> dict[str, Any]:
    """By family of facts; one that never goes stale is not named."""
    path = "facts_stale_after_days"
    days = {name: _number(_tree(form, path), name, path, errors) for name in FACTS}
    return {name: one for name, one in days.items() if one is not None}


def _measure(form: Entered, path: str, errors: Errors) -> dict[str, Any]:
    factor = factor_of(form.get("signal"))
    measure = {
        "key": _text(form, "key"),
        "group": _text(form, "group"),
        **_reading(form, path, errors),
        "label": _text(form, "label"),
        "weight": _number(form, "weight", path, errors),
        "half_life": _number(form, "half_life", path, errors),
        "minimum": _number(form, "minimum", path, errors),
        "missing": _text(form, "missing"),
        "shape": _shape(_tree(form, "shape"), f"{path}.shape", factor, errors),
    }
    ages = [
        {
            "after_days": _number(age, "after_days", where, errors),
            "shape": _shape(_tree(age, "shape"), f"{where}.shape", factor, errors),
        }
        for where, age in _rows(form, "ages", path)
    ]
    return measure | ({"ages": ages} if ages else {})


def _shape(form: Entered, path: str, factor: int, errors: Errors) -> dict[str, Any]:
    kind = _text(form, "kind")
    if kind == "bands":
        steps = [
            {
                **_condition(step, where, factor, errors),
                "points": _number(step, "points", where, errors),
            }
            for where, step in _rows(form, "steps", path)
        ]
        return {"kind": kind, "steps": steps}
    if kind == "scale":
        worst = _number(form, "worst", path, errors, factor=factor)
        best = _number(form, "best", path, errors, factor=factor)
        return {"kind": kind, "worst": worst, "best": best}
    return {"kind": kind, **_condition(form, path, factor, errors)}


def _cap(form: Entered, path: str, errors: Errors) -> dict[str, Any]:
    return {
        "key": _text(form, "key"),
        "label": _text(form, "label"),
        **_reading(form, path, errors),
        **_condition(form, path, factor_of(form.get("signal")), errors),
        "at_most": _number(form, "at_most", path, errors),
    }


def _reading(form: Entered, path: str, errors: Errors) -> dict[str, Any]:
    signal = SIGNALS.get(_text(form, "signal"))
    given = _tree(form, "settings")
    settings: dict[str, Any] = {}
    for name, default in (signal.settings if signal else {}).items():
        if isinstance(default, str):
            settings[name] = _text(given, name)
        else:
            settings[name] = _number(given, name, f"{path}.settings", errors)
    return {
        "signal": _text(form, "signal"),
        "window": _number(form, "window", path, errors),
        "settings": settings,
    }


def _condition(form: Entered, path: str, factor: int, errors: Errors) -> dict[str, Any]:
    name = _text(form, "op")
    if not name:
        return {}
    by = 1 if name == "older_than_days" else factor
    return {name: _number(form, "border", path, errors, factor=by)}


def _rows(form: Entered, name: str, path: str) -> list[tuple[str, Entered]]:
    some = form.get(name)
    where = f"{path}.{name}" if path else name
    if not isinstance(some, list):
        return []
    return [(f"{where}.{n}", row) for n, row in enumerate(some) if type(row) is dict]


def _tree(form: Entered, name: str) -> Entered:
    some = form.get(name)
    return some if isinstance(some, dict) else {}


def _text(form: Entered, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(
    form: Entered, name: str, path: str, errors: Errors, *, factor: int = 1
) -> int | float | None:
    """A number as people write it; None for nothing, and for what is none."""
    text = _text(form, name).replace(",", ".").replace("\N{MINUS SIGN}", "-")
    if not text:
        return None
    try:
        value = round(Decimal(text) / factor, 6)
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite():
        errors[f"{path}.{name}" if path else name] = _("Write a number, such as 7.5.")
        return None
    return int(value) if value == value.to_integral_value() else float(value)
