"""Critical tickets that are open, and since when."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cs_platform.lib.wording import day as say_day
from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_OPEN = "severity = 'critical' AND (solved_at IS NULL OR solved_at > {at})"
LAST = Column(
    "tickets", "max(CASE WHEN solved_at <= {at} THEN solved_at ELSE opened_at END)"
)
# No ticket is good news only from a customer we hear of at all.
IS_KNOWN = Column("tickets", "is_known")
OPEN = Column("tickets", f"count(*) FILTER (WHERE {IS_OPEN})::int")
SINCE = Column("tickets", f"min(opened_at) FILTER (WHERE {IS_OPEN})")


def value(lens, last_at, is_known, is_open, since):
    if not is_known:
        return None
    if since is None:
        return Value(0, last_at)
    return Value(
        is_open, last_at, age=lens.at - since, detail={"since": since.isoformat()}
    )


def found(value, detail):
    if not value:
        return _("none")
    since = datetime.fromisoformat(detail["since"])
    return ngettext(
        "%(n)s open since %(day)s", "%(n)s open, the oldest since %(day)s", int(value)
    ) % {"n": int(value), "day": say_day(since)}


def condition(steps, number):
    step, before = steps[number], steps[number - 1] if number else {}
    if step.get("to") == 0:
        return _("none open")
    if "older_than_days" in step:
        return _("one open for more than %(n)s days") % {"n": step["older_than_days"]}
    if "older_than_days" in before and step.keys() == {"points"}:
        return _("none open for more than %(n)s days") % {
            "n": before["older_than_days"]
        }
    return None


SIGNAL = Signal(
    key="critical_tickets",
    group="support",
    label=gettext_lazy("Open critical tickets"),
    unit="count",
    columns=(LAST, IS_KNOWN, OPEN, SINCE),
    value=value,
    shape={"kind": "scale", "worst": 2, "best": 0},
    # What a ticket's severity was then is not kept.
    is_dated=False,
    better="low",
    nothing=gettext_lazy("nothing is known of this customer"),
    found=found,
    condition=condition,
)
