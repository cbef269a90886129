"""How often: days on which the account used the product."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals import named
from health.signals.signal import Column, Signal

ANY = Column("usage", "count(DISTINCT day) FILTER (WHERE day >= {first})")
LOGIN = Column(
    "usage",
    "count(DISTINCT day) FILTER (WHERE day >= {first}"
    f" AND feature_id IN ({named.FEATURE}))",
)
LAST = Column("usage", "last_on")


def columns(settings):
    return (LOGIN if settings["event"] else ANY, LAST)


def value(lens, days, last_on):
    # An account never heard of is not known to be silent: its events may come under
    # another name.
    if last_on is None:
        return None
    return Value(days or 0, lens.used_at(last_on), is_stale=lens.is_stale)


def condition(steps, number):
    step = steps[number]
    if "over" in step:
        return _("more than %(n)s days") % {"n": step["over"]}
    before = steps[number - 1] if number else {}
    if "from" in step and "over" in before:
        return _("%(first)s to %(last)s days") % {
            "first": step["from"],
            "last": before["over"],
        }
    if "from" in before and step.keys() == {"points"}:
        return _("fewer than %(n)s days") % {"n": before["from"]}
    return None


SIGNAL = Signal(
    key="login_days",
    group="use",
    label=gettext_lazy("Days with a login"),
    unit="days",
    columns=columns,
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 20},
    window=30,
    # The event that counts as a login; empty: any event does.
    settings={"event": ""},
    is_usage=True,
    nothing=gettext_lazy("no usage event ever"),
    condition=condition,
)
