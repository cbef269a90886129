"""How many tickets the customer opened."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.critical_tickets import IS_KNOWN, LAST
from health.signals.signal import Column, Signal

OPENED = Column("tickets", "count(*) FILTER (WHERE opened_at >= {first_at})::int")


def value(lens, opened, last_at, is_known):
    if not is_known:
        return None
    return Value(opened or 0, last_at)


SIGNAL = Signal(
    key="tickets_opened",
    group="support",
    label=gettext_lazy("Tickets opened"),
    unit="count",
    columns=(OPENED, LAST, IS_KNOWN),
    value=value,
    shape={"kind": "scale", "worst": 10, "best": 0},
    window=30,
    better="low",
    nothing=gettext_lazy("nothing is known of this customer"),
)
