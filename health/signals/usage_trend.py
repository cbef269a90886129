"""Whether use grows or falls, against the account's own ninety days before.

Events per day of the window over those per day of the baseline, less one: -0.5 is half.
The baseline begins with its first day of use, so that an account does not seem to grow
because it was not there yet; `n` is its length in days.
"""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.login_days import LAST
from health.signals.signal import Column, Signal

BASELINE = 90
NOW = Column("usage", "sum(events) FILTER (WHERE day >= {first})::float8")
BEFORE = Column(
    "usage", "sum(events) FILTER (WHERE day >= {base} AND day < {first})::float8"
)
SINCE = Column("usage", "min(day) FILTER (WHERE day >= {base} AND day < {first})")


def value(lens, now, before, since, last_on):
    if not before:
        return None
    days = lens.days_since(since) - lens.window + 1
    usual = before / days
    return Value(
        (now or 0) / lens.window / usual - 1,
        lens.used_at(last_on),
        n=days,
        is_stale=lens.is_stale,
    )


SIGNAL = Signal(
    key="usage_trend",
    group="use",
    label=gettext_lazy("Use against the account's own usual"),
    unit="change",
    columns=(NOW, BEFORE, SINCE, LAST),
    value=value,
    shape={"kind": "scale", "worst": -0.5, "best": 0},
    window=14,
    is_usage=True,
    nothing=gettext_lazy("no use before to compare with"),
    baseline=BASELINE,
)
