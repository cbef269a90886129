"""How broadly: people of the account who used the product."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

USERS = Column("people", "count(*) FILTER (WHERE last_on >= {first})")
LAST = Column("usage", "last_on")


def value(lens, users, last_on):
    if last_on is None:
        return None
    return Value(users or 0, lens.used_at(last_on), is_stale=lens.is_stale)


SIGNAL = Signal(
    key="active_users",
    group="use",
    label=gettext_lazy("Active users"),
    unit="people",
    columns=(USERS, LAST),
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 5},
    window=30,
    is_usage=True,
    nothing=gettext_lazy("no usage event ever"),
)
