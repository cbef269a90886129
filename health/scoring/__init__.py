"""From facts to points. Knows no Django and no database."""

from health.scoring.cards import (
    Card,
    Definition,
    bands,
    max_points,
    measure_of,
    setting,
)
from health.scoring.changes import Part, Side, decompose
from health.scoring.direction import Direction, attention, direction, noise
from health.scoring.evaluation import Score, band
from health.scoring.facts import Facts
from health.scoring.moves import Move, moves
from health.scoring.points import score
from health.scoring.reading import Reading, Value, reading_of
from health.scoring.shipped import POINTS

__all__ = [
    "POINTS",
    "Card",
    "Definition",
    "Direction",
    "Facts",
    "Move",
    "Part",
    "Reading",
    "Score",
    "Side",
    "Value",
    "attention",
    "band",
    "bands",
    "decompose",
    "direction",
    "max_points",
    "measure_of",
    "moves",
    "noise",
    "reading_of",
    "score",
    "setting",
]
