"""What is wrong with the shape of a measure."""

from typing import Any

from django.utils.translation import gettext as _

from health.editing.rules import (
    AGE,
    Errors,
    border,
    condition,
    conditions_of,
    is_number,
    number,
    rows,
)
from health.scoring.cards import OF, WEIGHTED_METHOD

MOST_STEPS = 20
# Closer together a scale is a cliff that rounding decides about.
APART = 1e-6
HIGH, LOW = ("over", "from"), ("to", "under")


def check_shape(errors: Errors, path: str, shape: Any, method: Any) -> None:
    kind = shape.get("kind") if isinstance(shape, dict) else None
    if kind == "bands":
        _check_bands(errors, path, shape, method)
    elif kind == "scale":
        _check_scale(errors, path, shape)
    elif kind == "condition":
        condition(errors, path, shape)
    else:
        errors[f"{path}.kind"] = _("Choose steps, a scale or a condition.")


def _check_scale(errors: Errors, path: str, shape: dict[str, Any]) -> None:
    for name in ("worst", "best"):
        if not is_number(shape.get(name)):
            errors[f"{path}.{name}"] = _("Give a number.")
            return
    if abs(shape["best"] - shape["worst"]) < APART:
        errors[f"{path}.best"] = _(
            "Worst and best are the same: give two different numbers."
        )


def _check_bands(errors: Errors, path: str, shape: dict[str, Any], method) -> None:
    where = f"{path}.steps"
    steps = rows(errors, where, shape.get("steps"), least=1, most=MOST_STEPS)
    for at, step in steps:
        _check_points(errors, f"{at}.points", step.get("points"), method)
        _check_condition(errors, at, step, is_last=at == steps[-1][0])
    if errors.of(where):
        return
    for n, (at, step) in enumerate(steps):
        if any(_hides(before, step) for _at, before in steps[:n]):
            errors[f"{at}.border"] = _(
                "A step above catches all of these: put the steps in order."
            )
    if not any(step["points"] for _at, step in steps):
        errors[where] = _("Every step gives nothing: give points to one.")


def _check_points(errors: Errors, path: str, points: Any, method: Any) -> None:
    if method == WEIGHTED_METHOD:
        number(errors, path, points, least=0, most=OF)
    else:
        number(errors, path, points, least=-1000, most=1000)


def _check_condition(
    errors: Errors, path: str, step: dict[str, Any], *, is_last: bool
) -> None:
    named = conditions_of(step)
    if is_last and named:
        errors[f"{path}.op"] = _("The last step is for all the rest: no condition.")
    elif not is_last and len(named) != 1:
        errors[f"{path}.op"] = _(
            "Only the last step goes without a condition: choose one."
        )
    elif named:
        border(errors, path, step, named[0])


def _hides(before: dict[str, Any], step: dict[str, Any]) -> bool:
    """Whether whatever a step says has been caught by the one before."""
    first, then = conditions_of(before), conditions_of(step)
    if not first or not then:
        return False
    was, name = first[0], then[0]
    border_before, border_here = before[was], step[name]
    if AGE in (was, name):
        return was == name and border_here >= border_before
    if was in HIGH and name in HIGH:
        is_same = border_here == border_before and (was, name) != ("over", "from")
        return is_same or border_here > border_before
    if was in LOW and name in LOW:
        is_same = border_here == border_before and (was, name) != ("under", "to")
        return is_same or border_here < border_before
    return False
