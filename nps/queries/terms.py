"""What a survey asks of occasions and people, in words for its page."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.calendar import Calendar
from accounts.models import ContactRole, Tier
from accounts.wording import month_name
from nps.models import Survey, SurveySettings


def terms_of(
    survey: Survey, settings: SurveySettings, calendar: Calendar, zone: str
) -> list[tuple[str, str]]:
    """Each with its name: whom it asks, how often at most, when mail goes out, and how
    long an answer is waited for."""
    return [
        (_("Roles"), _listed(survey.roles, ContactRole) or _("every role")),
        (_("Tiers"), _listed(survey.tiers, Tier) or _("every tier")),
        (_("Use"), _use(survey.minimum_use_days)),
        (_("Waits"), _waits(survey)),
        (_("Budget"), _budget(settings)),
        (_("When mail goes out"), _hours(settings, zone)),
        (_("Dead months"), _dead_months(settings, calendar)),
        (_("Spread"), _spread(survey)),
        (_("Reminder"), _reminder(survey.reminder_after_days)),
        (_("Answers"), _answers(survey)),
    ]


def _listed(values, choices):
    return ", ".join(str(choices(value).label) for value in values)


def _use(days):
    if not days:
        return _("however much the product is used")
    words = ngettext(
        "at accounts that used the product on %(days)d of the last 28 days at least",
        "at accounts that used the product on %(days)d of the last 28 days at least",
        days,
    )
    return words % {"days": days}


def _waits(survey):
    words = _("%(own)s since one of this kind, %(any)s since any survey")
    waits = {"own": survey.wait_days, "any": survey.wait_any_days}
    return words % {name: _span(days) for name, days in waits.items()}


def _budget(settings):
    words = ngettext(
        "a person at most %(count)d time in %(span)s, over all surveys",
        "a person at most %(count)d times in %(span)s, over all surveys",
        settings.budget_count,
    )
    return words % {"count": settings.budget_count, "span": _span(settings.budget_days)}


def _hours(settings, zone):
    every_day, working = _("every day but holidays"), _("on working days")
    return _("%(days)s, from %(first)d:00 to %(last)d:00, %(zone)s") % {
        "days": every_day if settings.sends_on_weekends else working,
        "first": settings.send_from,
        "last": settings.send_to,
        "zone": zone,
    }


def _dead_months(settings, calendar):
    if not calendar.dead_months:
        return _("the work calendar has none")
    months = ", ".join(month_name(number) for number in sorted(calendar.dead_months))
    if settings.sends_in_dead_months:
        return _("mail goes out in them too (%(months)s)") % {"months": months}
    return _("no mail in %(months)s, but about tickets") % {"months": months}


def _spread(survey):
    words = ngettext(
        "over %(days)d sending day; too late %(late)s after the planned day",
        "over %(days)d sending days; too late %(late)s after the planned day",
        survey.spread_days,
    )
    late = _span(survey.lapses_after_days)
    told = words % {"days": survey.spread_days, "late": late}
    if not survey.after_ticket:
        return told
    return told + "; " + _("after a ticket at once")


def _reminder(days):
    if days is None:
        return _("nobody is reminded")
    return _("once, after %(span)s of silence") % {"span": _span(days)}


def _answers(survey):
    said = {
        "span": _span(survey.expires_after_days),
        "change": _span(survey.change_within_days),
    }
    if survey.is_anonymous:
        return _("taken for %(span)s; anonymous, so they cannot be changed") % said
    return _("taken for %(span)s, and can be changed for %(change)s") % said


def _span(days):
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
