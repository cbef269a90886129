"""What became of an account after a day. Only here may the future be looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch in which an account pays: the last day is not in it; None: no end."""

    first: date
    end: date | None


@dataclass(frozen=True)
class Fate:
    """Whether it happened within the horizon, and the day it counts as happened."""

    is_gone: bool
    gone_on: date | None = None


def pays(spans: Iterable[Span], day: date) -> bool:
    return any(one.first <= day and (one.end is None or one.end > day) for one in spans)


def lost(spans: Sequence[Span], day: date, horizon: int) -> Fate | None:
    """Whether the account stopped paying within so many days and had not come back.

    None: it did not pay on that day, so that there was nothing to lose.
    """
    if not pays(spans, day):
        return None
    last = day + timedelta(days=horizon)
    if pays(spans, last):
        return Fate(False)
    # It pays on `day` and not on `last`: some stretch ended in between.
    return Fate(True, max(one.end for one in spans if one.end and one.end <= last))


def silent(
    days_since_last: int | None, next_in: int | None, day: date, horizon: int
) -> Fate | None:
    """Whether nobody used the product in so many days, of those active in twice as many.

    `next_in` is in how many days it is used again (None: not within the horizon). It
    counts as gone once it has been silent for the whole horizon.
    """
    if days_since_last is None or days_since_last >= 2 * horizon:
        return None
    if next_in is not None and next_in <= horizon:
        return Fate(False)
    return Fate(True, day + timedelta(days=horizon - days_since_last))
