"""How the CSM last judged the account, 1 to 5."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_JUDGED = "at >= {first_at}"
LEVEL = Column(
    "sentiments",
    f"(array_agg(level ORDER BY at DESC, id DESC) FILTER (WHERE {IS_JUDGED}))[1]",
)
JUDGED = Column("sentiments", f"max(at) FILTER (WHERE {IS_JUDGED})")


def value(lens, level, judged_at):
    if level is None:
        return None
    return Value(level, judged_at)


SIGNAL = Signal(
    key="sentiment",
    group="relations",
    label=gettext_lazy("Sentiment of the CSM"),
    unit="number",
    columns=(LEVEL, JUDGED),
    value=value,
    shape={"kind": "scale", "worst": 1, "best": 5},
    nothing=gettext_lazy("nobody has said so yet"),
)
