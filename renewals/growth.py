"""What counts as a sign that an account may want more, and how it is told."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cs_platform.lib import wording

# From so many of a hundred on, seats or a limit run out.
NEARLY_FULL = 80
# In days: what is counted in seats and limits, and in the growth of a team.
MONTH, SPAN = 30, 28
# So many people more, and so many of a hundred, make a team that grows.
MORE_PEOPLE, GROWN_BY = 3, 20
PROMOTER, ANSWER_COUNTS = 9, 90
# Not found for so many days it is over; what a person heard is old after more.
QUIET, HEARD = 30, 90
# Before the end of a trial somebody is reminded.
TRIAL_NOTICE = 3


def told(kind: str, evidence: dict, words: str = "") -> str:
    """The evidence of a signal as a sentence."""
    tell = _TOLD.get(kind)
    return tell(evidence) if tell and evidence else words


def _seats(said):
    share = wording.percent(said["users"] / said["seats"])
    return _("%(users)s people used %(seats)s seats in 30 days: %(share)s") % {
        "users": wording.number(said["users"]),
        "seats": wording.number(said["seats"]),
        "share": share,
    }


def _limit(said):
    return _("%(feature)s: %(uses)s of %(limit)s uses in 30 days (%(plan)s)") % {
        "feature": said["feature"],
        "uses": wording.number(said["uses"]),
        "limit": wording.number(said["limit"]),
        "plan": said["plan"],
    }


def _team(said):
    return _("%(users)s people in 28 days; %(before)s in the 28 before") % {
        "users": wording.number(said["users"]),
        "before": wording.number(said["before"]),
    }


def _higher_use(said):
    words = ngettext(
        "%(feature)s, of %(plan)s, on %(days)s day of 28; they have %(has)s",
        "%(feature)s, of %(plan)s, on %(days)s days of 28; they have %(has)s",
        said["days"],
    )
    return words % said


def _higher_ask(said):
    return _("“%(title)s” comes with %(plan)s; they have %(has)s") % said


def _promoter(said):
    return _("%(score)s of 10 in their latest answer") % said


_TOLD = {
    "seats": _seats,
    "limit": _limit,
    "team": _team,
    "higher_use": _higher_use,
    "higher_ask": _higher_ask,
    "promoter": _promoter,
}
