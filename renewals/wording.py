"""What the ladder says, in the language that is active when it is said."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cs_platform.lib import wording


@dataclass(frozen=True)
class Facts:
    """What a person has to know about a renewal to understand why they are told."""

    account: str
    contract: str
    decides_on: date
    ends_on: date
    on: date
    due_on: date
    score: int | None = None
    owner: str = ""

    @property
    def days_left(self):
        return (self.decides_on - self.on).days


def check_title(facts: Facts):
    return _("Check the health of %(account)s before its renewal") % _names(facts)


def call_title(facts: Facts):
    return _("Call %(account)s about the next term") % _names(facts)


def touch_title(account: str):
    return _("Write to %(account)s about the next term") % {"account": account}


def low_health(facts: Facts):
    return _("%(account)s renews soon and its health is %(score)s of 100") % (
        _names(facts) | {"score": facts.score}
    )


def stuck(facts: Facts):
    return _("The renewal of %(account)s has made no progress") % _names(facts)


def notice(account: str):
    return _("%(account)s has given notice") % {"account": account}


def why_notice(facts: Facts):
    """The day of the notice (the one it was due on), the dates, and whose deal it is."""
    said = [_("Notice was given on %s.") % _day(facts.due_on), _dates(facts)]
    if facts.owner:
        said.append(_("Owner: %s.") % facts.owner)
    return " ".join(said).replace("..", ".")


def urgent(facts: Facts):
    if facts.days_left < 0:
        return _("Overdue: no decision on the renewal of %(account)s") % _names(facts)
    return ngettext(
        "Urgent: %(days)d day left to decide on the renewal of %(account)s",
        "Urgent: %(days)d days left to decide on the renewal of %(account)s",
        facts.days_left,
    ) % (_names(facts) | {"days": facts.days_left})


def because(facts: Facts, why=""):
    """The dates, how many days are left, whether we are late, and why you."""
    said = [_dates(facts), _left(facts)]
    if facts.on > facts.due_on:
        said.append(_("Late: this was due on %s.") % _day(facts.due_on))
    if facts.owner:
        said.append(_("Owner: %s.") % facts.owner)
    # A day ends with a dot of its own in Russian.
    return " ".join([*said, *([why] if why else [])]).replace("..", ".")


def moved(was: date, now: date):
    return _("The contract's end moved from %(was)s to %(now)s.") % {
        "was": _day(was),
        "now": _day(now),
    }


def runs_on(until: date):
    return _("The contract now runs until %s.") % _day(until)


def over():
    return _("There is nothing left to decide on this renewal.")


def _dates(facts):
    if facts.decides_on == facts.ends_on:
        return _("%(contract)s ends on %(ends)s.") % _names(facts)
    return _("%(contract)s ends on %(ends)s, to be decided by %(decides)s.") % _names(
        facts
    )


def _left(facts):
    if facts.days_left < 0:
        return ngettext(
            "That was %d day ago.", "That was %d days ago.", -facts.days_left
        ) % (-facts.days_left)
    return (
        ngettext("%d day is left.", "%d days are left.", facts.days_left)
        % facts.days_left
    )


def _names(facts):
    return {
        "account": facts.account,
        "contract": facts.contract,
        "ends": _day(facts.ends_on),
        "decides": _day(facts.decides_on),
    }


def _day(day):
    return wording.day(day)


def feed_name(workspace: str):
    return _("Renewals: %s") % workspace


def decide(account: str):
    return _("Decide on the renewal: %s") % account


def contract_ends(account: str):
    return _("Contract ends: %s") % account


def step_of(account: str, step: str):
    return f"{account}: {step}"


def in_calendar(renewal):
    """The lines beside a renewal in a calendar."""
    said = [
        str(renewal.contract),
        _("To be decided by %(decides)s; ends on %(ends)s.")
        % {"decides": _day(renewal.decides_on), "ends": _day(renewal.ends_on)},
        _("Stage: %s.") % renewal.get_stage_display(),
        _("A year: %s.") % wording.money(renewal.amount, renewal.currency),
    ]
    if renewal.owner:
        said.append(_("Owner: %s.") % renewal.owner)
    return "\n".join(said).replace("..", ".")
