"""What the score says of the words under it: a detractor's are rarely glad.

The lexicons miss most of what people write without any strong word, and take irony at
its word; the score knows. It moves the words' value by so much that one ordinary word
against the score makes them neutral, and a strong one, or two, still win.
"""

from nps import numbers

LEAN = 0.4


def leaning(kind: str, score: int | None) -> float:
    """By how much a score moves the value of its words; nought of a middling one."""
    if score is None:
        return 0.0
    if kind == "csat":
        return LEAN * ((score >= numbers.SATISFIED_FROM) - (score <= numbers.ANGRY_TO))
    found = numbers.kind_of(score)
    return LEAN * ((found == numbers.PROMOTER) - (found == numbers.DETRACTOR))


def leant(value: float, kind: str, score: int | None) -> float:
    """The value of words, -1 to 1, seen together with the score they stand under."""
    return round(max(-1.0, min(1.0, value + leaning(kind, score))), 3)
