"""The small checks that all parts of a definition share."""

from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from health.scoring.shapes import CONDITIONS

AGE = "older_than_days"
LARGEST = 1_000_000_000


class Errors(dict[str, str]):
    """Messages by path."""

    def of(self, path: str) -> bool:
        """Whether something at a path, or under it, is wrong."""
        return any(one == path or one.startswith(f"{path}.") for one in self)


def is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= LARGEST
        and isfinite(value)
    )


def is_whole(value: Any, least: int, most: int) -> bool:
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value <= most
    )


def number(
    errors: Errors,
    path: str,
    value: Any,
    *,
    most: float,
    least: float | None = None,
    above: float | None = None,
    says: str = "",
) -> None:
    if (
        is_number(value)
        and value <= most
        and (least is None or value >= least)
        and (above is None or value > above)
    ):
        return
    said = {"least": least, "most": most, "above": above}
    if above is not None:
        said_so = _("Give a number above %(above)s, up to %(most)s.") % said
    else:
        said_so = _("Give a number from %(least)s to %(most)s.") % said
    errors[path] = says or said_so


def text(errors: Errors, path: str, value: Any, *, longest: int) -> None:
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        errors[path] = _("Write no more than %(most)s characters.") % {"most": longest}


def day_count(errors: Errors, path: str, value: Any, most: int) -> None:
    """A number of days, or nothing."""
    if value is not None and not (is_number(value) and 1 <= value <= most):
        errors[path] = _("Give a number of days from 1 to %(most)s.") % {"most": most}


def rows(
    errors: Errors, path: str, value: Any, *, least: int, most: int
) -> list[tuple[str, dict[str, Any]]]:
    """The rows of a list with their paths; those that are none are errors."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        errors[path] = (
            _("Add at least one.") if not value else _("At most %(n)s.") % {"n": most}
        )
        return []
    found = []
    for number_, row in enumerate(value):
        if isinstance(row, dict):
            found.append((f"{path}.{number_}", row))
        else:
            errors[f"{path}.{number_}"] = _("A row is a set of fields.")
    return found


def conditions_of(row: dict[str, Any]) -> list[str]:
    return [name for name in CONDITIONS if name in row]


def condition(errors: Errors, path: str, row: dict[str, Any]) -> None:
    """Exactly one condition, with a number."""
    named = conditions_of(row)
    if len(named) != 1:
        errors[f"{path}.op"] = _("Say when it holds: more than, at least, …")
        return
    border(errors, path, row, named[0])


def border(errors: Errors, path: str, row: dict[str, Any], name: str) -> None:
    if not is_number(row[name]) or (name == AGE and row[name] < 0):
        errors[f"{path}.border"] = _("Give a number.")
