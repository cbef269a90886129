"""Definitions of scorecards as people write them. Knows no database."""

from health.editing.actions import act, complete
from health.editing.entering import Entered, define, entered, unfold
from health.editing.validation import Errors, check

__all__ = [
    "Entered",
    "Errors",
    "act",
    "check",
    "complete",
    "define",
    "entered",
    "unfold",
]
