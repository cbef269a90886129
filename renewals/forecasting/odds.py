"""How likely a deal is to be renewed: as often as those like it were.

A deal is like another that came into the same stage in the same colour; once notice is
given, like another whose notice was given. Few of them say little, so the shipped share
counts as ten deals more: the mean of a beta distribution.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
# Whose customer has given notice, whatever the stage and the colour: few take it back.
SHIPPED_NOTICED = Decimal("0.1")
# Where the history keeps those.
NOTICED = ("notice", "given")


@dataclass(frozen=True)
class Odds:
    """A probability, and what it was made of."""

    probability: Decimal
    renewed: int
    of: int
    shipped: Decimal
    # Compared with deals whose notice was given, not with those of its stage and colour.
    is_noticed: bool = False


# How often it went well: {stage: {band: [renewed, of]}}.
History = Mapping[str, Mapping[str, list[int]]]


def odds(stage: str, band: str, history: History, *, is_noticed: bool = False) -> Odds:
    """A notice never makes a deal more likely: then the lower of both counts."""
    alike = _odds(stage, band, history, Decimal(SHIPPED[stage][band]) / 100)
    if not is_noticed:
        return alike
    noticed = replace(_odds(*NOTICED, history, SHIPPED_NOTICED), is_noticed=True)
    return min(noticed, alike, key=lambda found: found.probability)


def _odds(row, cell, history, shipped):
    renewed, of = history.get(row, {}).get(cell, (0, 0))
    mean = (STRENGTH * shipped + renewed) / (STRENGTH + of)
    return Odds(mean.quantize(_DIGITS, ROUND_HALF_UP), renewed, of, shipped)
