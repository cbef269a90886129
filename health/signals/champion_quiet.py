"""Days since the champion was last seen in the product or answered.

Of several the one seen last; of one never seen, since we know them.
"""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

ROLE = "'champion' = ANY(roles)"
SEEN = Column("contacts", f"max(seen_on) FILTER (WHERE {ROLE})")
KNOWN = Column("contacts", f"min(created_at) FILTER (WHERE {ROLE})")


def value(lens, seen_on, known_at):
    if known_at is None:
        return None
    return Value(
        max(0, lens.days_since(seen_on or known_at)),
        lens.end_of(seen_on) or known_at,
        is_stale=lens.is_stale,
        detail={"is_seen": seen_on is not None},
    )


SIGNAL = Signal(
    key="champion_quiet",
    group="relations",
    label=gettext_lazy("Days since the champion was seen"),
    unit="days",
    columns=(SEEN, KNOWN),
    value=value,
    shape={"kind": "scale", "worst": 60, "best": 14},
    is_dated=False,
    is_usage=True,
    better="low",
    nothing=gettext_lazy("no champion is known"),
)
