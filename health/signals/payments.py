"""How many bills were late. A bill not yet due says nothing.

A bill counts when it was settled or came due in the window, or is past due unpaid.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_LATE = (
    "CASE WHEN paid_on IS NULL THEN due_on < {on}"
    " ELSE paid_on > due_on AND paid_on > {months_before} END"
)
IS_ON_TIME = "coalesce(paid_on <= due_on AND due_on > {months_before}, false)"
BILLS = Column("invoices", f"count(*) FILTER (WHERE {IS_LATE} OR {IS_ON_TIME})::int")
LATE = Column("invoices", f"count(*) FILTER (WHERE {IS_LATE})::int")
LAST = Column(
    "invoices",
    f"max(coalesce(paid_on, due_on)) FILTER (WHERE {IS_LATE} OR {IS_ON_TIME})",
)


def value(lens, bills, late, billed_on):
    if not bills:
        return None
    return Value(late, lens.end_of(billed_on), n=bills, detail={"bills": bills})


def found(value, detail):
    bills = detail["bills"]
    return ngettext(
        "%(late)s of %(n)s bill late", "%(late)s of %(n)s bills late", bills
    ) % {"late": int(value), "n": bills}


def condition(steps, number):
    if steps[number].get("to") == 0:
        return _("all on time")
    if number and steps[number - 1].get("to") == 0 and len(steps) == 2:
        return _("at least one late")
    return None


SIGNAL = Signal(
    key="payments",
    group="money",
    label=gettext_lazy("Payments on time"),
    unit="count",
    columns=(BILLS, LATE, LAST),
    value=value,
    shape={"kind": "scale", "worst": 3, "best": 0},
    # How far back, by the calendar.
    settings={"months": 6},
    better="low",
    nothing=gettext_lazy("no bill came due"),
    found=found,
    condition=condition,
)
