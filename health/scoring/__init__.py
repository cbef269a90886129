"""From facts to points. Knows no Django and no database."""

from health.scoring.cards import (
    POINTS,
    Definition,
    bands,
    max_points,
    measure_of,
    setting,
)
from health.scoring.facts import Facts
from health.scoring.moves import Move, moves
from health.scoring.points import Score, band, score

__all__ = [
    "POINTS",
    "Definition",
    "Facts",
    "Move",
    "Score",
    "band",
    "bands",
    "max_points",
    "measure_of",
    "moves",
    "score",
    "setting",
]
