"""What will become of those who may be asked: plain values in, plain values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from nps.planning import (
    DAY,
    LAPSED,
    LATER,
    QUIET_DAY,
    Asked,
    Case,
    SendingDays,
    choose,
)


def turns(cases: Iterable[Case], days: SendingDays) -> list[date]:
    """The days that decide of each whether it is asked at all: its planned one, and the
    last on which mail goes out before it lapses.

    What speaks against somebody passes with time, and nothing new comes up by itself.
    """
    decisive = {case.planned_on for case in cases}
    for lapses_on, reason in {(case.lapses_on, case.occasion.reason) for case in cases}:
        last = lapses_on
        while not days.allow(last, reason) and last > min(decisive):
            last -= DAY
        decisive.add(last)
    return sorted(decisive)


@dataclass(frozen=True)
class Foreseen:
    """What becomes of a case in the days looked at: asked on a day, or why not."""

    case: Case
    on: date | None
    why: str = ""


def foresee(
    cases: Iterable[Case],
    span: Iterable[date],
    asked: dict[str, list[Asked]],
    days: SendingDays,
) -> list[Foreseen]:
    """Who will be asked on which of these days, as things stand, and who not and why."""
    left, told = list(cases), []
    last = {id(case): QUIET_DAY for case in left}
    for day in span:
        verdicts = choose(left, day, asked, days)
        told += [Foreseen(case, day) for case, why in verdicts if not why]
        left = [case for case, why in verdicts if why]
        last |= {
            id(case): why for case, why in verdicts if _tells_more(why, last[id(case)])
        }
    return told + [Foreseen(case, None, last[id(case)]) for case in left]


def _tells_more(why, before):
    """That no mail goes out on a Sunday is not why somebody is not asked in a week, nor
    that it got too late where something spoke against it until then."""
    if why == QUIET_DAY:
        return False
    return why != LAPSED or before in (QUIET_DAY, LATER)
