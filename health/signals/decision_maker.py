"""Whether the decision maker is known (1) and was seen or answered lately (2)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

ROLE = "'decision_maker' = ANY(roles)"
CONTACTS = Column("contacts", "count(*)::int")
KNOWN = Column("contacts", f"count(*) FILTER (WHERE {ROLE})::int")
ALIVE = Column(
    "contacts", f"count(*) FILTER (WHERE {ROLE} AND seen_on >= {{first}})::int"
)
SEEN = Column("contacts", f"max(seen_on) FILTER (WHERE {ROLE})")


def value(lens, contacts, known, alive, seen_on):
    # Where nobody is known, contacts are just not kept here.
    if not contacts:
        return None
    return Value(
        2 if alive else 1 if known else 0,
        lens.end_of(seen_on),
        is_stale=lens.is_stale,
        detail={"known": known, "alive": alive},
    )


def found(value, detail):
    if value >= 2:
        return _("known and seen")
    return _("known, but not seen") if value else _("no contact has this role")


def condition(steps, number):
    return {2: _("known and seen"), 1: _("known")}.get(steps[number].get("from"))


SIGNAL = Signal(
    key="decision_maker",
    group="relations",
    label=gettext_lazy("Decision maker"),
    unit="count",
    columns=(CONTACTS, KNOWN, ALIVE, SEEN),
    value=value,
    shape={
        "kind": "bands",
        "steps": [{"from": 2, "points": 100}, {"from": 1, "points": 50}, {"points": 0}],
    },
    window=90,
    # Which role somebody had then is not kept.
    is_dated=False,
    is_usage=True,
    nothing=gettext_lazy("no contact is known"),
    found=found,
    condition=condition,
)
