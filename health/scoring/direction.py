"""Where a score is going, told apart from how it always swings.

An account's own history says how much it swings in a week and in four when nothing is
the matter; only more than that is called rising or falling. Less is still shown as the
move it is, so that an arrow never says flat while the number moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from statistics import median

# A usual swing is the median of the account's own, this many times: beyond it lie about
# one in twenty moves of an account that only swings (the median of |x| of a normal x is
# 0.67 of its deviation, so that 3 of them are two deviations).
SWINGS = 3
# Never less than these points, nor more.
NOISE_7 = (2, 15)
NOISE_28 = (3, 20)
# An account without a history of its own.
UNLEARNED = {7: 5, 28: 8}
ENOUGH = 28  # moves to learn from
LEARNED_FROM = 182  # days
# A missing day is looked past for this long.
REACH = 6


@dataclass(frozen=True, slots=True)
class Direction:
    """Points gained in 7 and 28 days, the usual swing over each, and what that means.

    None: there is no score to compare with. States: rising, falling (more than the
    usual swing), drifting_up, drifting_down (moved, within it), steady (not moved),
    unknown.
    """

    points_7: int | None
    points_28: int | None
    noise_7: int
    noise_28: int
    state: str


def points_gained(scores: Mapping[date, int], on: date, days: int) -> int | None:
    """The points gained on a day against the newest score of that many days before,
    or of the six days before that."""
    after = scores.get(on)
    if after is None:
        return None
    for back in range(days, days + REACH + 1):
        before = scores.get(on - timedelta(days=back))
        if before is not None:
            return after - before
    return None


def noise(scores: Mapping[date, int], on: date, days: int) -> int:
    """How many points the score usually swings over so many days, until that long ago.

    The last `days` are left out: what is to be judged must not judge itself.
    """
    if len(scores) < ENOUGH:
        return UNLEARNED[7 if days <= 7 else 28]
    low, high = NOISE_7 if days <= 7 else NOISE_28
    last = on - timedelta(days=days)
    moves = [
        abs(moved)
        for back in range(LEARNED_FROM)
        if (moved := points_gained(scores, last - timedelta(days=back), days))
        is not None
    ]
    if len(moves) < ENOUGH:
        return UNLEARNED[7 if days <= 7 else 28]
    return max(low, min(high, round(SWINGS * median(moves))))


@lru_cache(maxsize=8192)
def direction(
    points_7: int | None, points_28: int | None, noise_7: int, noise_28: int
) -> Direction:
    """What the moves mean. The week counts before the four weeks."""
    state = _state(points_7, points_28, noise_7, noise_28)
    return Direction(points_7, points_28, noise_7, noise_28, state)


def _state(week, month, noise_7, noise_28) -> str:
    if week is None and month is None:
        return "unknown"
    if week is not None and abs(week) > noise_7:
        return "rising" if week > 0 else "falling"
    if month is not None and abs(month) > noise_28:
        return "rising" if month > 0 else "falling"
    moved = week or month or 0
    if not moved:
        return "steady"
    return "drifting_up" if moved > 0 else "drifting_down"


def attention(score: int | None, now: Direction) -> int:
    """The order of attention, lowest first: a falling 75 comes before a rising 65.

    A falling score counts 15 points less and the fall itself, a rising one so many
    more; an account without a score stands in the middle: somebody has to look.
    """
    if score is None:
        return 50
    if now.state not in ("rising", "falling"):
        return score
    moved = max(abs(now.points_7 or 0), abs(now.points_28 or 0))
    by = 15 + min(15, moved)
    return score + by if now.state == "rising" else score - by
