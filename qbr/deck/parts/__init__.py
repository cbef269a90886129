"""The sections of a report as blocks: each takes what was kept of the figures.

A section with nothing to tell says so in a sentence; none draws an empty chart.
"""

from qbr.deck.parts.customer import feedback, health, support
from qbr.deck.parts.definitions import definitions
from qbr.deck.parts.goals import goals, value
from qbr.deck.parts.plan import news, plan, promises, requests
from qbr.deck.parts.product import adoption, summary, usage

PARTS = {
    "promises": promises,
    "summary": summary,
    "goals": goals,
    "value": value,
    "usage": usage,
    "adoption": adoption,
    "health": health,
    "support": support,
    "feedback": feedback,
    "requests": requests,
    "news": news,
    "plan": plan,
    "definitions": definitions,
}

__all__ = ["PARTS"]
