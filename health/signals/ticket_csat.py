"""CSAT of solved tickets: the share of the two best answers of five."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

# The rating bears no date: it comes with the solution.
IS_RATED = "csat IS NOT NULL AND solved_at >= {first_at} AND solved_at <= {at}"
RATED = Column("tickets", f"count(*) FILTER (WHERE {IS_RATED})::int")
GOOD = Column("tickets", f"count(*) FILTER (WHERE {IS_RATED} AND csat >= 4)::int")
LAST = Column("tickets", f"max(solved_at) FILTER (WHERE {IS_RATED})")


def value(lens, rated, good, last_at):
    if not rated:
        return None
    return Value(
        good / rated, last_at, n=rated, detail={"good": good, "answers": rated}
    )


SIGNAL = Signal(
    key="ticket_csat",
    group="support",
    label=gettext_lazy("CSAT of tickets"),
    unit="share",
    columns=(RATED, GOOD, LAST),
    value=value,
    shape={"kind": "scale", "worst": 0.4, "best": 0.9},
    window=90,
    is_dated=False,
    nothing=gettext_lazy("no ticket was rated"),
)
