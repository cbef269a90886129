"""The ladder of reminders before a decision: plain days in, plain steps out.

Counted from the decision date (the end minus the notice; the end itself without one).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

CHECK, DEAL, CALL, ESCALATE, URGENT = STEPS = (120, 90, 60, 30, 7)

# A score below this is low (the red band); an unknown health is not called low.
LOW_SCORE = 50

ENTERED_LATER, FIRED_BEFORE = "entered_later", "fired_before"


# An end that moves by less is a date put right, or time to think.
TERM_AT_LEAST, HALF_A_YEAR = timedelta(days=28), timedelta(days=180)


@dataclass(frozen=True)
class Planned:
    """A step to be handled now: fired, or skipped and why."""

    step: int
    due_on: date
    skip: str = ""


def due_on(decides_on: date, step: int) -> date:
    return decides_on - timedelta(days=step)


def next_fire_on(decides_on: date, handled: Collection[int]) -> date | None:
    """The day of the first step that is not handled; None after the last."""
    left = [step for step in STEPS if step not in handled]
    return due_on(decides_on, max(left)) if left else None


def has_deal(decides_on: date, on: date) -> bool:
    """Whether there is to be a deal in the pipeline by that day."""
    return due_on(decides_on, DEAL) <= on


def is_next_term(
    was: date, now: date, *, starts_on: date, decides_on: date, has_deal: bool, on: date
) -> bool:
    """Whether a contract that ended on `was` and now ends on `now` was renewed.

    It was when the new term begins where the old one ended, or the day to decide has
    passed, or there is a deal and half a year or more came on top. Any other end is
    the same term with another date.
    """
    if now - was < TERM_AT_LEAST:
        return False
    is_long = now - was >= HALF_A_YEAR
    return starts_on >= was or decides_on <= on or (has_deal and is_long)


def plan(
    decides_on: date,
    *,
    entered_on: date,
    on: date,
    handled: Collection[int] = (),
    fired_before: Collection[int] = (),
) -> list[Planned]:
    """The steps to handle by `on`, the widest first.

    `entered_on` is the day this date became known: of the steps already past then only
    the tightest fires, the others are skipped. What comes due later always fires, late
    if need be. `fired_before` are steps that fired for an earlier date of the same
    renewal: they are not fired again as a step that was past on entry.
    """
    passed = [step for step in STEPS if due_on(decides_on, step) <= entered_on]
    return [
        Planned(step, due_on(decides_on, step), _skip(step, passed, fired_before))
        for step in STEPS
        if step not in handled and due_on(decides_on, step) <= on
    ]


def _skip(step, passed, fired_before):
    if step not in passed:
        return ""
    if step in fired_before:
        return FIRED_BEFORE
    return "" if step == min(passed) else ENTERED_LATER
