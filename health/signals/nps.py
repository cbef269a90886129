"""The latest NPS answer of anybody at the account."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.scoring.reading import Value
from health.signals.signal import Column, Signal

IS_ANSWER = "kind = 'nps' AND answered_at >= {first_at}"
SCORE = Column(
    "answers",
    "(array_agg(score ORDER BY answered_at DESC, id DESC)"
    f" FILTER (WHERE {IS_ANSWER}))[1]",
)
ANSWERED = Column("answers", f"max(answered_at) FILTER (WHERE {IS_ANSWER})")
ANSWERS = Column("answers", f"count(*) FILTER (WHERE {IS_ANSWER})::int")
USUAL = [{"from": 9}, {"from": 7}, {}]


def value(lens, score, answered_at, answers):
    if score is None:
        return None
    return Value(score, answered_at, n=answers)


def condition(steps, number):
    if [{key: step[key] for key in step if key != "points"} for step in steps] != USUAL:
        return None
    words = (_("promoter"), _("passive"), _("detractor"))
    return f"{('9–10', '7–8', '0–6')[number]} ({words[number]})"


SIGNAL = Signal(
    key="nps",
    group="feedback",
    label=gettext_lazy("Latest NPS answer"),
    unit="number",
    columns=(SCORE, ANSWERED, ANSWERS),
    value=value,
    shape={"kind": "scale", "worst": 0, "best": 10},
    nothing=gettext_lazy("never answered"),
    condition=condition,
)
