"""On how many days one named feature was used."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.login_days import LAST, LOGIN
from health.signals.signal import Signal


def value(lens, days, last_on):
    if last_on is None or not lens.settings["event"]:
        return None
    return Value(days or 0, lens.used_at(last_on), is_stale=lens.is_stale)


SIGNAL = Signal(
    key="key_feature",
    group="use",
    label=gettext_lazy("Days a key feature was used"),
    unit="days",
    columns=(LOGIN, LAST),
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 8},
    window=30,
    # The name of the feature's events.
    settings={"event": ""},
    is_usage=True,
    nothing=gettext_lazy("no usage event ever, or no feature is named"),
)
