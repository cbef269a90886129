"""On how many people the account hangs: those active, or those we know, the fewer."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.active_users import LAST, USERS
from health.signals.decision_maker import CONTACTS
from health.signals.signal import Signal


def value(lens, contacts, users, last_on):
    active = None if last_on is None else users or 0
    known = [number for number in (active, contacts) if number is not None]
    if not known:
        return None
    return Value(
        min(known),
        lens.used_at(last_on),
        is_stale=lens.is_stale,
        detail={"active": active, "contacts": contacts},
    )


def found(value, detail):
    return _("%(active)s active, %(contacts)s known") % {
        name: "–" if number is None else number for name, number in detail.items()
    }


SIGNAL = Signal(
    key="single_thread",
    group="relations",
    label=gettext_lazy("People the account hangs on"),
    unit="people",
    columns=(CONTACTS, USERS, LAST),
    value=value,
    shape={"kind": "condition", "over": 1},
    window=30,
    is_dated=False,
    is_usage=True,
    nothing=gettext_lazy("nobody is known"),
    found=found,
)
