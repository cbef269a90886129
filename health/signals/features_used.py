"""How many features the account used, key or not."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals import named
from health.signals.login_days import LAST
from health.signals.signal import Column, Signal

USED = Column(
    "usage",
    "count(DISTINCT feature_id) FILTER (WHERE day >= {first}"
    f" AND feature_id NOT IN ({named.ERRORS}))",
)


def value(lens, used, last_on):
    if last_on is None:
        return None
    return Value(used or 0, lens.used_at(last_on), is_stale=lens.is_stale)


SIGNAL = Signal(
    key="features_used",
    group="use",
    label=gettext_lazy("Features used"),
    unit="count",
    columns=(USED, LAST),
    value=value,
    # Three and more is the field's line between trying and using.
    shape={"kind": "scale", "worst": 0, "best": 3},
    window=30,
    is_usage=True,
    nothing=gettext_lazy("no usage event ever"),
)
