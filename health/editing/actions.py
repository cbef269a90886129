"""What a button of the editor does to the form: add, remove, move. Nothing is saved."""

from typing import Any

from health.editing.entering import (
    Entered,
    entered_measure,
    entered_shape,
    factor_of,
)
from health.signals import SIGNALS

FIRST_STEPS = [
    {"op": "over", "border": "", "points": ""},
    {"op": "", "border": "", "points": "0"},
]


def act(form: Entered, what: str) -> str:
    """Do what a button says, such as "add:measures:nps" or "up:measures.2".

    Returns the path of what is to be looked at next. What makes no sense is ignored.
    """
    verb, _colon, rest = what.partition(":")
    target, _colon, chosen = rest.partition(":")
    if verb == "add":
        return _add(form, target, chosen)
    if verb in ("remove", "up", "down"):
        return _move(form, verb, target)
    return ""


def complete(form: Entered) -> Entered:
    """A form with the fields that the kind of every part asks for, and with texts only
    where texts belong, whatever was sent."""
    made = _texts(form)
    made["bands"] = _texts(form.get("bands"))
    made["facts_stale_after_days"] = _texts(form.get("facts_stale_after_days"))
    made["groups"] = [_texts(row) for row in _list(form, "groups")]
    made["measures"] = [_measure(row) for row in _list(form, "measures")]
    made["caps"] = [
        _texts(row) | {"settings": _texts(_tree(row).get("settings"))}
        for row in _list(form, "caps")
    ]
    return made


def _measure(row: Any) -> Entered:
    made, row = _texts(row), _tree(row)
    signal = made.get("signal", "")
    made["settings"] = _texts(row.get("settings"))
    made["shape"] = _shape(row.get("shape"), signal)
    made["ages"] = [
        _texts(age) | {"shape": _shape(_tree(age).get("shape"), signal)}
        for age in _list(row, "ages")
    ]
    return made


def _shape(branch: Any, signal: str) -> Entered:
    made = _texts(branch)
    steps = [_texts(step) for step in _list(_tree(branch), "steps")]
    return _completed(made | ({"steps": steps} if steps else {}), signal)


def _texts(branch: Any) -> Entered:
    return {key: text for key, text in _tree(branch).items() if isinstance(text, str)}


def _tree(branch: Any) -> Entered:
    return branch if isinstance(branch, dict) else {}


def _completed(shape: Entered, signal: str) -> Entered:
    kind = shape.get("kind")
    steps = shape.get("steps")
    if kind == "bands" and not steps:
        return {"kind": kind, "steps": [dict(step) for step in FIRST_STEPS]}
    if kind == "scale" and "worst" not in shape:
        own = SIGNALS[signal].shape if signal in SIGNALS else {}
        if own.get("kind") == "scale":
            return entered_shape(own, factor_of(signal))
        return {"kind": kind, "worst": "", "best": ""}
    return shape


def _add(form: Entered, target: str, chosen: str) -> str:
    if target == "measures":
        return _append(form, "measures", _new_measure(form, chosen))
    if target == "caps":
        return _append(form, "caps", _new_cap(form, chosen))
    if target == "groups":
        key = _free(form, "groups", "group")
        return _append(form, "groups", {"key": key, "label": "", "weight": "10"})
    parent = find(form, target.rpartition(".")[0])
    name = target.rpartition(".")[2]
    if not isinstance(parent, dict):
        return ""
    if name == "ages":
        shape = parent.get("shape") or {"kind": "condition"}
        return _append(parent, name, {"after_days": "", "shape": _copy(shape)}, target)
    if name == "steps" and _list(parent, name):
        # Before the last one, which is for all the rest.
        parent[name].insert(-1, {"op": "over", "border": "", "points": ""})
        return f"{target}.{len(parent[name]) - 2}"
    return ""


def _append(parent: Entered, name: str, row: Entered | None, path: str = "") -> str:
    if row is None:
        return ""
    parent[name] = [*_list(parent, name), row]
    return f"{path or name}.{len(parent[name]) - 1}"


def _new_measure(form: Entered, key: str) -> Entered | None:
    signal = SIGNALS.get(key)
    groups = [row.get("key") for row in _list(form, "groups") if type(row) is dict]
    if signal is None:
        return None
    shape = dict(signal.shape)
    if form.get("method") == "points" and shape["kind"] == "bands":
        top = max(step["points"] for step in shape["steps"])
        shape["steps"] = [
            {**step, "points": 10 * step["points"] / top} for step in shape["steps"]
        ]
    return entered_measure(
        {
            "key": _free(form, "measures", key),
            "group": signal.group if signal.group in groups else (groups or [""])[0],
            "signal": key,
            "weight": 10,
            "window": signal.window,
            "missing": "zero" if form.get("method") == "points" else "leave_out",
            "shape": shape,
        }
    )


def _new_cap(form: Entered, key: str) -> Entered | None:
    signal = SIGNALS.get(key)
    if signal is None:
        return None
    return {
        "key": _free(form, "caps", key),
        "label": "",
        "signal": key,
        "window": "" if signal.window is None else str(signal.window),
        "settings": {name: str(value) for name, value in signal.settings.items()},
        "op": "over" if signal.better == "low" else "under",
        "border": "",
        "at_most": "40",
    }


def _free(form: Entered, name: str, key: str) -> str:
    taken = {row.get("key") for row in _list(form, name) if type(row) is dict}
    number, free = 2, key
    while free in taken:
        free, number = f"{key}_{number}", number + 1
    return free


def _move(form: Entered, verb: str, path: str) -> str:
    parent_path, _dot, last = path.rpartition(".")
    rows = find(form, parent_path)
    if not isinstance(rows, list) or not last.isdigit() or int(last) >= len(rows):
        return ""
    here = int(last)
    if verb == "remove":
        del rows[here]
        return parent_path.rpartition(".")[0] if "." in parent_path else ""
    there = here + (-1 if verb == "up" else 1)
    if not 0 <= there < len(rows):
        return path
    rows[here], rows[there] = rows[there], rows[here]
    return f"{parent_path}.{there}"


def find(form: Any, path: str) -> Any:
    """The branch of a form at a path; None when there is none."""
    branch = form
    for part in path.split(".") if path else ():
        if isinstance(branch, list) and part.isdigit() and int(part) < len(branch):
            branch = branch[int(part)]
        elif isinstance(branch, dict) and part in branch:
            branch = branch[part]
        else:
            return None
    return branch


def _list(form: Entered, name: str) -> list[Any]:
    some = form.get(name)
    return some if isinstance(some, list) else []


def _copy(branch: Any) -> Any:
    if isinstance(branch, dict):
        return {key: _copy(value) for key, value in branch.items()}
    return [_copy(one) for one in branch] if isinstance(branch, list) else branch
