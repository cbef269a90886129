"""In words: when a survey asks, and why somebody is not asked."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nps import planning

WHY_NOT = {
    planning.GONE: gettext_lazy("The account is no longer served, or the contact left"),
    planning.NO_ADDRESS: gettext_lazy("No e-mail is known"),
    planning.OPTED_OUT: gettext_lazy("Wants no surveys, or mail came back"),
    planning.ROLE: gettext_lazy("Has another role"),
    planning.TIER: gettext_lazy("The account is in another tier"),
    planning.LITTLE_USE: gettext_lazy("Uses the product too little"),
    planning.WAIT_KIND: gettext_lazy("Was asked one of this kind not long ago"),
    planning.WAIT_ANY: gettext_lazy("Was asked something not long ago"),
    planning.BUDGET: gettext_lazy("Was asked as often as the budget allows"),
    planning.LATER: gettext_lazy("Comes later"),
    planning.LAPSED: gettext_lazy("It got too late to ask"),
    planning.QUIET_DAY: gettext_lazy("No mail goes out on these days"),
    planning.SWITCHED_OFF: gettext_lazy("The survey was switched off"),
    planning.UNDELIVERED: gettext_lazy("The letter could not be delivered"),
}


def schedule_of(survey) -> list[str]:
    """When a survey asks, a phrase for each occasion."""
    return [
        phrase
        for phrase in (
            _starts(survey.starts_after_days),
            _every(survey.then_every_days, survey.starts_after_days),
            _("after each closed ticket") if survey.after_ticket else "",
            _decision(survey.before_decision_days),
        )
        if phrase
    ]


def occasion_of(reason: str, key: str) -> str:
    """Because of what somebody is asked."""
    number = key.partition(":")[2]
    if reason in (planning.START, planning.EVERY) and number.isdigit():
        days = int(number)
        return ngettext(
            "%(days)d day after the start", "%(days)d days after the start", days
        ) % {"days": days}
    return {
        planning.TICKET: _("A ticket was closed"),
        planning.DECISION: _("The decision comes near"),
        planning.HAND: _("Sent by hand"),
    }.get(reason, "")


def _starts(days):
    if not days:
        return ""
    listed = ", ".join(map(str, sorted(set(days))))
    return _("%(days)s days after the start") % {"days": listed}


def _every(days, starts):
    if not days:
        return ""
    words = _("then every %(days)d days") if starts else _("every %(days)d days")
    return words % {"days": days}


def _decision(days):
    if days is None:
        return ""
    return _("%(days)d days before the decision") % {"days": days}
