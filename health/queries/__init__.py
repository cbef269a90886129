from health.queries.cards import explained, scorecard_in_force
from health.queries.explanation import Explanation, change_between
from health.queries.history import coverage, history
from health.queries.receipt import Line, Receipt, limits, lines, receipt

__all__ = [
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
