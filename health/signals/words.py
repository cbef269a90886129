"""Values and conditions in the reader's language, by what a signal counts."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cs_platform.lib import wording


def said(unit: str, value: float) -> str:
    """A value with its unit: 12 days, 35%, −20%."""
    return UNITS.get(unit, wording.number)(value)


def condition(unit: str, steps: list[dict[str, Any]], number: int) -> str:
    """A step that holds when none before it does."""
    step = steps[number]
    before = steps[number - 1] if number else {}
    if "from" in step and "over" in before:
        return _("%(first)s to %(last)s") % {
            "first": wording.number(step["from"]),
            "last": said(unit, before["over"]),
        }
    for name, phrase in PHRASES.items():
        if name in step:
            return phrase(unit, step[name])
    for name, phrase in OTHERWISE.items():
        if name in before:
            return phrase(unit, before[name])
    return _("otherwise") if number else _("always")


def scale(unit: str, worst: float, best: float) -> str:
    return _("nothing at %(worst)s, all at %(best)s, in between in proportion") % {
        "worst": said(unit, worst),
        "best": said(unit, best),
    }


def _days(value: float) -> str:
    return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": int(value)}


def _people(value: float) -> str:
    return ngettext("%(n)s person", "%(n)s people", int(value)) % {"n": int(value)}


def _hours(value: float) -> str:
    return _("%(n)s h") % {"n": wording.number(round(value, 1))}


def _number(value: float) -> str:
    return wording.number(round(value, 2))


def _share(value: float) -> str:
    return wording.percent(value, 0)


def _change(value: float) -> str:
    text = wording.percent(abs(value), 0)
    sign = "" if not round(value, 2) else "+" if value > 0 else wording.MINUS
    return f"{sign}{text}"


UNITS = {
    "days": _days,
    "people": _people,
    "hours": _hours,
    "minutes": wording.duration,
    "number": _number,
    "count": _number,
    "share": _share,
    "change": _change,
}


def _over(unit, value):
    return _("more than %(n)s") % {"n": said(unit, value)}


def _from(unit, value):
    return _("%(n)s or more") % {"n": said(unit, value)}


def _to(unit, value):
    return _("%(n)s or less") % {"n": said(unit, value)}


def _under(unit, value):
    return _("less than %(n)s") % {"n": said(unit, value)}


def _older(unit, value):
    return _("for more than %(n)s") % {"n": _days(value)}


def _not_older(unit, value):
    return _("for no more than %(n)s") % {"n": _days(value)}


PHRASES = {
    "over": _over,
    "from": _from,
    "to": _to,
    "under": _under,
    "older_than_days": _older,
}
# A step that names nothing, after one that does.
OTHERWISE = {
    "over": _to,
    "from": _under,
    "to": _over,
    "under": _from,
    "older_than_days": _not_older,
}
