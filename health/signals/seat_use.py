"""How broadly: people active in the window for each seat bought; may pass 1."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_platform.lib import wording
from health.scoring.reading import Value
from health.signals.active_users import LAST, USERS
from health.signals.signal import Column, Signal

# Under the contracts in force; null when none names a number.
SEATS = Column(
    "spans",
    "sum(seats) FILTER (WHERE starts_on <= {on}"
    " AND (ends_on IS NULL OR ends_on > {on}))::int",
)


def value(lens, users, last_on, seats):
    if last_on is None or not seats:
        return None
    users = users or 0
    return Value(
        users / seats,
        lens.used_at(last_on),
        is_stale=lens.is_stale,
        detail={"users": users, "seats": seats},
    )


def found(value, detail):
    share = wording.number(round(value * 100, 1))
    return _("%(users)s of %(seats)s (%(share)s%%)") % (detail | {"share": share})


def condition(steps, number):
    if "over" in steps[number]:
        share = wording.number(steps[number]["over"] * 100)
        return _("more than %(share)s%% of the seats") % {"share": share}
    if number and "over" in steps[number - 1] and steps[number].keys() == {"points"}:
        share = wording.number(steps[number - 1]["over"] * 100)
        return _("%(share)s%% of the seats or fewer") % {"share": share}
    return None


SIGNAL = Signal(
    key="seat_use",
    group="use",
    label=gettext_lazy("Active users of the seats bought"),
    unit="share",
    columns=(USERS, LAST, SEATS),
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 0.8},
    window=30,
    is_usage=True,
    nothing=gettext_lazy("no usage, or no contract that names seats"),
    found=found,
    condition=condition,
)
