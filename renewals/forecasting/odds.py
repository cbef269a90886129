"""How likely a deal is to be renewed: as often as those like it were.

A deal is like another that came into the same stage in the same colour. Few of them say
little, so the shipped share counts as ten deals more: the mean of a beta distribution.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# In deals: so many of the tenant's own weigh as much as what was shipped.
STRENGTH = 10
_DIGITS = Decimal("0.0001")

# Of a hundred deals, so many renewed. Health parts them more than the stage does; a deal
# that reaches approval has been said yes to.
SHIPPED = {
    "upcoming": {"green": 92, "amber": 80, "red": 50, "unknown": 80},
    "preparation": {"green": 93, "amber": 80, "red": 45, "unknown": 80},
    "initiation": {"green": 94, "amber": 82, "red": 45, "unknown": 82},
    "negotiation": {"green": 95, "amber": 85, "red": 55, "unknown": 85},
    "approval": {"green": 98, "amber": 93, "red": 75, "unknown": 93},
}


@dataclass(frozen=True)
class Odds:
    """A probability, and what it was made of."""

    probability: Decimal
    renewed: int
    of: int
    shipped: Decimal


# How often it went well: {stage: {band: [renewed, of]}}.
History = Mapping[str, Mapping[str, list[int]]]


def odds(stage: str, band: str, history: History) -> Odds:
    shipped = Decimal(SHIPPED[stage][band]) / 100
    renewed, of = history.get(stage, {}).get(band, (0, 0))
    mean = (STRENGTH * shipped + renewed) / (STRENGTH + of)
    return Odds(mean.quantize(_DIGITS, ROUND_HALF_UP), renewed, of, shipped)
