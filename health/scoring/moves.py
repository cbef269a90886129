"""What moved between two scores, in points that add up to the change."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Move:
    """A measure whose points changed; `key` is "limits" for what 0 or 100 cut off."""

    key: str
    points: float
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def moves(
    score_before: int,
    before: list[dict[str, Any]],
    score_after: int,
    after: list[dict[str, Any]],
) -> list[Move]:
    """The moves from one score to another, the largest first."""
    was = {measure["key"]: measure for measure in before}
    now = {measure["key"]: measure for measure in after}
    found = [_move(key, was.get(key), now.get(key)) for key in now | was]
    rest = score_after - score_before - sum(move.points for move in found)
    rest = round(rest, 2)
    found.append(Move("limits", rest, None, None))
    found = [move for move in found if move.points]
    return sorted(found, key=lambda move: (-abs(move.points), move.key))


def _move(
    key: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Move:
    points = (after or {"points": 0})["points"] - (before or {"points": 0})["points"]
    return Move(key, round(points, 2), before, after)
