"""How long tickets took that were solved: the median, in hours."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_SOLVED = "solved_at >= {first_at} AND solved_at <= {at}"
HOURS = Column(
    "tickets",
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY"
    " extract(epoch FROM solved_at - opened_at)::float8 / 3600)"
    f" FILTER (WHERE {IS_SOLVED})",
)
SOLVED = Column("tickets", f"count(*) FILTER (WHERE {IS_SOLVED})::int")
LAST = Column("tickets", f"max(solved_at) FILTER (WHERE {IS_SOLVED})")


def value(lens, hours, solved, last_at):
    if not solved:
        return None
    return Value(max(0.0, hours), last_at, n=solved)


SIGNAL = Signal(
    key="resolution_hours",
    group="support",
    label=gettext_lazy("Time to solve a ticket"),
    unit="hours",
    columns=(HOURS, SOLVED, LAST),
    value=value,
    shape={"kind": "scale", "worst": 72, "best": 8},
    window=90,
    better="low",
    nothing=gettext_lazy("no ticket was solved"),
)
