"""The working days of the workspace in scope."""

from django.utils.translation import get_language

from accounts.calendar import Calendar
from accounts.models import WorkCalendar


def calendar() -> Calendar:
    """The calendar of the workspace in scope, in the active language: one query."""
    kept = WorkCalendar.objects.first()
    language = (get_language() or "en").partition("-")[0]
    if kept is None:
        return Calendar(language=language)
    return Calendar(
        country=kept.country,
        subdivision=kept.subdivision,
        language=language,
        extra_holidays=frozenset(kept.extra_holidays),
        weekdays=frozenset(kept.weekdays),
        dead_months=frozenset(kept.dead_months),
        budget_months=frozenset(kept.budget_months),
    )
