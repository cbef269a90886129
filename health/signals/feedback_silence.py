"""Days since anybody at the account answered a survey of any kind."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

ANSWERED = Column("answers", "max(answered_at)")


def value(lens, answered_at):
    if answered_at is None:
        return None
    return Value(lens.days_since(answered_at), answered_at)


SIGNAL = Signal(
    key="feedback_silence",
    group="feedback",
    label=gettext_lazy("Days since the last answer to a survey"),
    unit="days",
    columns=(ANSWERED,),
    value=value,
    shape={"kind": "scale", "worst": 365, "best": 90},
    better="low",
    nothing=gettext_lazy("never answered"),
)
