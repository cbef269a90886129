from health.queries.cards import explained, scorecard_in_force
from health.queries.history import coverage, history
from health.queries.explanation import Explanation, change_between
from health.queries.receipt import Line, Receipt, limits, lines, receipt

__all__ = [
    "Line",
    "Receipt",
    "coverage",
    "explained",
    "history",
    "lines",
    "receipt",
    "scorecard_in_force",
]
