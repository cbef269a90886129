"""What the learned risk looks at, in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cs_platform.lib.wording import number
from health.signals import SIGNALS

TOPICS = {
    "often": gettext_lazy("How often it is used"),
    "trend": gettext_lazy("Where use is going"),
    "regular": gettext_lazy("How regularly it is used"),
    "last": gettext_lazy("When it was last used"),
    "tenure": gettext_lazy("How long it has been in use"),
    "people": gettext_lazy("How many people use it"),
    "depth": gettext_lazy("How much of it is used"),
}


@dataclass(frozen=True)
class Reason:
    """A topic, what was found there, and whether it adds to the risk or takes away."""

    label: str
    found: str
    effect: float

    @property
    def raises(self) -> bool:
        return self.effect > 0


def reasons_of(stored: list[dict[str, Any]]) -> list[Reason]:
    """The reasons of a risk, the strongest first."""
    return [
        Reason(
            topic_of(one["key"]), _found(one["key"], one.get("value")), one["effect"]
        )
        for one in stored
    ]


def topic_of(key: str) -> str:
    """What a topic is called; a signal by its own name."""
    if key in TOPICS:
        return str(TOPICS[key])
    signal = SIGNALS.get(key.removeprefix("signal:"))
    return str(signal.label) if signal else key


def _found(key: str, value: dict[str, Any] | None) -> str:
    if not value:
        return _("not known")
    if key in _WORDS:
        return _WORDS[key](value)
    signal = SIGNALS.get(key.removeprefix("signal:"))
    if signal is not None and signal.found is not None:
        return signal.found(value["value"], value.get("detail") or {})
    return number(round(value["value"], 2))


def _often(value) -> str:
    days = value["days_180"]
    return ngettext(
        "%(n)s active day in 180 days", "%(n)s active days in 180 days", days
    ) % {"n": days}


def _trend(value) -> str:
    now, before = value["days_30"], value["days_90"] - value["days_30"]
    return _("%(now)s active days in 30 days, %(before)s in the 60 before") % {
        "now": now,
        "before": before,
    }


def _regular(value) -> str:
    return _("active in %(weeks)s of 12 weeks") % {"weeks": value["weeks_12"]}


def _last(value) -> str:
    days = value["days_since_last"]
    if days is None:
        return _("never used")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def _tenure(value) -> str:
    days = value["days_since_first"]
    if days is None:
        return _("never used")
    return ngettext("first used %(n)s day ago", "first used %(n)s days ago", days) % {
        "n": days
    }


def _people(value) -> str:
    now = value["people_30"]
    said = ngettext(
        "%(now)s person in 30 days, %(all)s in 180",
        "%(now)s people in 30 days, %(all)s in 180",
        now,
    )
    return said % {"now": now, "all": value["people_180"]}


def _depth(value) -> str:
    return _("%(now)s features in 90 days, %(all)s in 180") % {
        "now": value["features_90"],
        "all": value["features_180"],
    }


_WORDS = {
    "often": _often,
    "trend": _trend,
    "regular": _regular,
    "last": _last,
    "tenure": _tenure,
    "people": _people,
    "depth": _depth,
}
