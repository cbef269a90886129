from health.queries.cards import explained, scorecard_in_force
from health.queries.explanation import Explanation, change_between
from health.queries.history import Mark, coverage, history, marks
from health.queries.judgements import (
    Judged,
    active_override,
    computed_scores,
    judged_scores,
    latest_sentiment,
)
from health.queries.receipt import Line, Receipt, limits, lines, receipt

__all__ = [
    "Judged",
    "Mark",
    "active_override",
    "computed_scores",
    "judged_scores",
    "latest_sentiment",
    "marks",
    "Explanation",
    "Line",
    "Receipt",
    "change_between",
    "coverage",
    "explained",
    "history",
    "limits",
    "lines",
    "receipt",
    "scorecard_in_force",
]
