"""CSAT of surveys: the share of the two best answers of five."""

from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_ANSWER = "kind = 'csat' AND answered_at >= {first_at}"
ANSWERS = Column("answers", f"count(*) FILTER (WHERE {IS_ANSWER})::int")
GOOD = Column("answers", f"count(*) FILTER (WHERE {IS_ANSWER} AND score >= 4)::int")
ANSWERED = Column("answers", f"max(answered_at) FILTER (WHERE {IS_ANSWER})")


def value(lens, answers, good, answered_at):
    if not answers:
        return None
    return Value(
        good / answers,
        answered_at,
        n=answers,
        detail={"good": good, "answers": answers},
    )


SIGNAL = Signal(
    key="csat",
    group="feedback",
    label=gettext_lazy("CSAT of surveys"),
    unit="share",
    columns=(ANSWERS, GOOD, ANSWERED),
    value=value,
    shape={"kind": "scale", "worst": 0.4, "best": 0.9},
    window=180,
    nothing=gettext_lazy("never answered"),
)
