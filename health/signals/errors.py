"""Errors that people met, for every hundred events. Ops say which features they are."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals import named
from health.signals.login_days import LAST
from health.signals.signal import Column, Signal

FAILED = Column(
    "usage",
    "sum(events) FILTER (WHERE day >= {first}"
    f" AND feature_id IN ({named.ERRORS}))::float8",
)
EVENTS = Column("usage", "sum(events) FILTER (WHERE day >= {first})::float8")
IS_KNOWN = Column("usage", f"(SELECT count(*) FROM ({named.ERRORS}) AS errors)")


def value(lens, failed, events, marked, last_on):
    if not events or not marked:
        return None
    return Value(
        100 * (failed or 0) / events,
        lens.used_at(last_on),
        n=int(events),
        is_stale=lens.is_stale,
        detail={"errors": int(failed or 0), "events": int(events)},
    )


SIGNAL = Signal(
    key="errors",
    group="use",
    label=gettext_lazy("Errors in a hundred events"),
    unit="number",
    columns=(FAILED, EVENTS, IS_KNOWN, LAST),
    value=value,
    shape={"kind": "scale", "worst": 5, "best": 0},
    window=30,
    is_usage=True,
    better="low",
    nothing=gettext_lazy("no use, or no feature is marked as an error"),
)
