"""For how many days the oldest unpaid bill is past due; 0 when none is."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

OVERDUE = Column(
    "invoices", "max({on} - due_on) FILTER (WHERE paid_on IS NULL AND due_on < {on})"
)
# A bill that is neither paid nor due says nothing.
LAST = Column(
    "invoices",
    "max(coalesce(paid_on, due_on)) FILTER (WHERE paid_on IS NOT NULL OR due_on < {on})",
)


def value(lens, overdue, billed_on):
    if billed_on is None:
        return None
    return Value(overdue or 0, lens.end_of(billed_on))


SIGNAL = Signal(
    key="days_overdue",
    group="money",
    label=gettext_lazy("Days a bill is overdue"),
    unit="days",
    columns=(OVERDUE, LAST),
    value=value,
    shape={"kind": "scale", "worst": 60, "best": 0},
    better="low",
    nothing=gettext_lazy("no bill came due"),
)
