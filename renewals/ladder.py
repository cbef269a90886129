"""The ladder of reminders before a decision: plain days in, plain steps out.

Counted from the decision date (the end minus the notice; the end itself without one).
A step is known by the number of days it had when it was invented, 120 for the check of
health; how many days it has in a workspace is said by `days`, in the order of STEPS,
None for a step that is off.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

CHECK, DEAL, CALL, ESCALATE, URGENT = STEPS = (120, 90, 60, 30, 7)
Days = Sequence[int | None]

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


def schedule(decides_on: date, days: Days = STEPS) -> dict[int, date]:
    """The day of each step that is on, the widest first."""
    return {
        step: decides_on - timedelta(days=before)
        for step, before in zip(STEPS, days, strict=True)
        if before is not None
    }


def next_fire_on(
    decides_on: date, handled: Collection[int], days: Days = STEPS
) -> date | None:
    """The day of the first step that is not handled; None after the last."""
    left = [d for step, d in schedule(decides_on, days).items() if step not in handled]
    return min(left, default=None)


def has_deal(decides_on: date, on: date, days: Days = STEPS) -> bool:
    """Whether there is to be a deal in the pipeline by that day."""
    due_on = schedule(decides_on, days).get(DEAL)
    return due_on is not None and due_on <= on


def is_falling(days: Days) -> bool:
    """Whether each step that is on comes after the one before it."""
    left = [before for before in days if before is not None]
    return all(left[i] > left[i + 1] for i in range(len(left) - 1))


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
    days: Days = STEPS,
) -> list[Planned]:
    """The steps to handle by `on`, the widest first.

    `entered_on` is the day this date, or this ladder, became known: of the steps already past then only
    the tightest fires, the others are skipped. What comes due later always fires, late
    if need be. `fired_before` are steps that fired for an earlier date of the same
    renewal: they are not fired again as a step that was past on entry.
    """
    steps = schedule(decides_on, days)
    passed = [step for step, due_on in steps.items() if due_on <= entered_on]
    return [
        Planned(step, due_on, _skip(step, passed, fired_before))
        for step, due_on in steps.items()
        if step not in handled and due_on <= on
    ]


def _skip(step, passed, fired_before):
    if step not in passed:
        return ""
    if step in fired_before:
        return FIRED_BEFORE
    return "" if step == passed[-1] else ENTERED_LATER
