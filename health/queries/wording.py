"""What the measures are called and what they found, in the reader's language."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cs_platform.lib.wording import MINUS
from cs_platform.lib.wording import day as say_day

LABELS = {
    "login_days": gettext_lazy("Days with a login"),
    "seat_use": gettext_lazy("Active users of the seats bought"),
    "critical_tickets": gettext_lazy("Open critical tickets"),
    "nps": gettext_lazy("Latest NPS answer"),
    "payments": gettext_lazy("Payments on time"),
    "limits": gettext_lazy("A score ends at 0 and 100"),
}
GROUPS = {
    "use": gettext_lazy("Product use"),
    "support": gettext_lazy("Support"),
    "feedback": gettext_lazy("Feedback"),
    "money": gettext_lazy("Money"),
}
NOTHING = {
    "login_days": gettext_lazy("no usage event ever"),
    "seat_use": gettext_lazy("no usage, or no contract that names seats"),
    "critical_tickets": gettext_lazy("nothing is known of this customer"),
    "nps": gettext_lazy("never answered"),
    "payments": gettext_lazy("no bill came due"),
}


def signed(points: int) -> str:
    """+15, 0, −20."""
    return f"{points:+d}".replace("-", MINUS) if points else "0"


def label_of(key: str) -> str:
    return str(LABELS.get(key, key))


def group_of(key: str) -> str:
    return str(GROUPS.get(key, key))


def window_of(measure: dict[str, Any]) -> str:
    """How far back a measure looks; empty when it looks at now."""
    if days := measure.get("window"):
        return ngettext("last %(n)s day", "last %(n)s days", days) % {"n": days}
    if months := measure.get("settings", {}).get("months"):
        return ngettext("last %(n)s month", "last %(n)s months", months) % {"n": months}
    return ""


def found_of(key: str, kept: dict[str, Any]) -> str:
    """What a measure found, in words."""
    if kept["state"] == "missing":
        return str(NOTHING.get(key, _("no data")))
    return _FOUND.get(key, _plain)(kept)


def condition_of(measure: dict[str, Any], number: int) -> str:
    """The condition of a step of a measure, in words."""
    return _CONDITIONS.get(measure["key"], _no_condition)(
        measure["shape"]["steps"], number
    )


def _plain(kept) -> str:
    return f"{kept['value']:g}"


def _days(kept) -> str:
    days = int(kept["value"])
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _seats(kept) -> str:
    share = f"{kept['value'] * 100:g}"
    return _("%(users)s of %(seats)s (%(share)s%%)") % (
        kept["detail"] | {"share": share}
    )


def _tickets(kept) -> str:
    number = int(kept["value"])
    if not number:
        return _("none")
    since = datetime.fromisoformat(kept["detail"]["since"])
    return ngettext(
        "%(n)s open since %(day)s", "%(n)s open, the oldest since %(day)s", number
    ) % {"n": number, "day": say_day(since)}


def _bills(kept) -> str:
    bills, late = kept["detail"]["bills"], int(kept["value"])
    return ngettext(
        "%(late)s of %(n)s bill late", "%(late)s of %(n)s bills late", bills
    ) % {"late": late, "n": bills}


_FOUND = {
    "login_days": _days,
    "seat_use": _seats,
    "critical_tickets": _tickets,
    "payments": _bills,
}


def _no_condition(steps, number) -> str:
    return ""


def _days_condition(steps, number) -> str:
    step = steps[number]
    if "over" in step:
        return _("more than %(n)s days") % {"n": step["over"]}
    if "from" in step and number:
        return _("%(first)s to %(last)s days") % {
            "first": step["from"],
            "last": steps[number - 1].get("over"),
        }
    return _("fewer than %(n)s days") % {"n": steps[number - 1].get("from")}


def _seats_condition(steps, number) -> str:
    share = {"share": f"{steps[0]['over'] * 100:g}"}
    if number == 0:
        return _("more than %(share)s%% of the seats") % share
    return _("%(share)s%% of the seats or fewer") % share


def _tickets_condition(steps, number) -> str:
    days = {"n": steps[1]["older_than_days"]}
    if number == 0:
        return _("none open")
    if number == 1:
        return _("one open for more than %(n)s days") % days
    return _("none open for more than %(n)s days") % days


def _nps_condition(steps, number) -> str:
    first = steps[number].get("from", 0)
    last = 10 if number == 0 else steps[number - 1]["from"] - 1
    kind = (_("promoter"), _("passive"), _("detractor"))[number]
    return f"{first}–{last} ({kind})"


def _bills_condition(steps, number) -> str:
    return _("all on time") if number == 0 else _("at least one late")


_CONDITIONS = {
    "login_days": _days_condition,
    "seat_use": _seats_condition,
    "critical_tickets": _tickets_condition,
    "nps": _nps_condition,
    "payments": _bills_condition,
}
