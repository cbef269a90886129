"""What the work calendar says of a day, in the language that is active."""

from babel import Locale
from django.utils.translation import gettext as _

from accounts.calendar import BUDGET_MONTH, DEAD_MONTH, HOLIDAY, DayWarning
from cs_platform.lib import wording


def said_of(warning: DayWarning) -> str:
    """Why the day is a bad one, and which is better."""
    why = _why(warning)
    if warning.better is None:
        return why
    better = _("The nearest good day is %s.") % wording.day(
        warning.better, "EEEE, d MMM y"
    )
    # A day ends with a dot of its own in Russian.
    return f"{why} {better}".replace("..", ".")


def _why(warning):
    names = {"day": wording.day(warning.day), "name": warning.name}
    if warning.kind == DEAD_MONTH:
        names["month"] = month_name(warning.day.month)
        return _("%(day)s is in %(month)s, a dead month here.") % names
    if warning.kind == BUDGET_MONTH:
        names["month"] = month_name(warning.day.month)
        return _("%(day)s is in %(month)s, when budgets are closed.") % names
    if warning.kind == HOLIDAY and warning.name:
        return _("%(day)s is a holiday: %(name)s.") % names
    if warning.kind == HOLIDAY:
        return _("%(day)s is a holiday here.") % names
    names["weekday"] = weekday_name(warning.day.weekday())
    return _("%(day)s is a day off: %(weekday)s.") % names


def month_name(month: int) -> str:
    return wording.locale().months["stand-alone"]["wide"][month]


def weekday_name(weekday: int) -> str:
    return wording.locale().days["stand-alone"]["wide"][weekday]


def country_name(code: str) -> str:
    locale: Locale = wording.locale()
    return locale.territories.get(code, code)
