"""The working days of the workspace in scope."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from accounts.calendar import Calendar
from accounts.models import WorkCalendar
from accounts.wording import said_of


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


@dataclass(frozen=True)
class DayNote:
    """What speaks against a day, in words, and the day to take instead, if any."""

    said: str
    better: date | None


def note_on(day: date | None, *, days: Calendar, since: date) -> DayNote | None:
    """What is to be said of a day somebody plans something on; None of a good one, of
    one before `since`, and of none."""
    if day is None or day < since:
        return None
    warning = days.warning_for(day, since=since)
    return DayNote(said_of(warning), warning.better) if warning else None
