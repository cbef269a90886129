"""The five facts of the card "Points", as the readings that scoring takes."""

from health.scoring import evaluation
from health.scoring.cards import Card, Definition
from health.scoring.evaluation import Score
from health.scoring.facts import Facts
from health.scoring.signals import SIGNALS


def score(definition: Definition, facts: Facts) -> Score:
    """Score an account. A missing measure gives no points and lowers the coverage."""
    card = Card(definition)
    values = {reading: SIGNALS[reading.signal](facts) for reading in card.readings}
    return evaluation.score(card, values, at=facts.at)
