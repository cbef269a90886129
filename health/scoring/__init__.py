"""From facts to points. Knows no Django and no database."""

from health.scoring.bulk import Bulk
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
from health.scoring.evaluation import Score, band, score
from health.scoring.onboarding import ONBOARDING
from health.scoring.reading import Reading, Value, reading_of
from health.scoring.shipped import POINTS
from health.scoring.weighted import WEIGHTED

# What every workspace has from the beginning, by name.
SHIPPED = {"Points": POINTS, "Weighted": WEIGHTED, "Onboarding": ONBOARDING}

__all__ = [
    "ONBOARDING",
    "POINTS",
    "SHIPPED",
    "WEIGHTED",
    "Bulk",
    "Card",
    "Definition",
    "Direction",
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
    "noise",
    "reading_of",
    "score",
    "setting",
]
