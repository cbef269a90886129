"""How long: minutes in the product for each person who was there in the window.

Of a person, not of the account: how many they are, active users tell.
"""

from django.utils.translation import gettext_lazy, ngettext

from health.scoring.reading import Value
from health.signals.active_users import LAST
from health.signals.signal import Column, Signal
from health.signals.words import said

IN_WINDOW = "FILTER (WHERE day >= {first})"
MINUTES = Column("presence", f"sum(minutes) {IN_WINDOW}::bigint")
USERS = Column("presence", f"count(DISTINCT user_ref) {IN_WINDOW}")
# Days of people of which the minutes are not known.
UNKNOWN = Column(
    "presence", "count(*) FILTER (WHERE day >= {first} AND minutes IS NULL)"
)


def value(lens, minutes, users, unknown, last_on):
    # Too few minutes would look like a customer who leaves.
    if last_on is None or unknown:
        return None
    users, minutes = users or 0, int(minutes or 0)
    return Value(
        minutes / users if users else 0,
        lens.used_at(last_on),
        n=users,
        is_stale=lens.is_stale,
        detail={"users": users, "minutes": minutes},
    )


def found(value, detail):
    return ngettext(
        "%(each)s for %(n)s person",
        "%(each)s for each of %(n)s people",
        detail["users"],
    ) % {"each": said("minutes", value), "n": detail["users"]}


SIGNAL = Signal(
    key="time_in_product",
    group="use",
    label=gettext_lazy("Time in product per active user"),
    unit="minutes",
    columns=(MINUTES, USERS, UNKNOWN, LAST),
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 300},
    window=30,
    is_usage=True,
    nothing=gettext_lazy("no usage event, or the minutes of a day are not known"),
    found=found,
)
