"""Russian: words by their stems, turned by negation, as VADER does it for English."""

import re
from functools import lru_cache
from math import sqrt

from nps.sentiment.lexicon import BOOSTERS, NEGATIONS, PHRASES, TOO, TURNS, WORDS
from nps.stems import stem

NAME = "stems-ru"
TOKEN = re.compile(r"[а-я]+|[.!?;,]")
STOPS = set(".!?;,")
# A negated word says less than its opposite would.
NEGATED, BOOSTED, BEFORE_BUT, AFTER_BUT = -0.74, 1.3, 0.5, 1.5
REACH = 3
# As VADER: a sum of this square is two thirds of the way.
SPREAD = 15
LONGEST = max(len(phrase.split()) for phrase in PHRASES)


def read(text: str) -> float | None:
    """The sum of what the words weigh, drawn into -1 to 1; None of no Russian word."""
    words = TOKEN.findall(text.lower().replace("ё", "е"))
    if not set(words) - STOPS:
        return None
    weights = _weights(words)
    total = sum(_turned(words, weights))
    return total / sqrt(total * total + SPREAD)


def _weights(words: list[str]) -> list[float]:
    """What each word weighs where it stands; a phrase at its first word."""
    found, place = [0.0] * len(words), 0
    while place < len(words):
        length, weight = _phrase(words, place)
        if not length:
            length, weight = 1, _word(words, place)
        found[place] = weight
        place += length
    return found


def _phrase(words, place) -> tuple[int, float]:
    for length in range(LONGEST, 0, -1):
        said = " ".join(words[place : place + length])
        if said in PHRASES:
            return length, PHRASES[said]
    return 0, 0.0


def _word(words, place) -> float:
    word = words[place]
    if word in TOO:
        return -1.0
    weight = _lexicon().get(stem(word), 0.0)
    if not weight:
        return 0.0
    before = _before(words, place)
    if set(before) & set(BOOSTERS):
        weight *= BOOSTED
    if set(before) & set(TOO):
        # Too good is no praise, too slow is worse than slow.
        return -abs(weight)
    is_denied = words[place + 1 : place + 2] == ["нет"]
    is_negated = bool(set(before) & set(NEGATIONS))
    return weight * NEGATED if is_negated or is_denied else weight


def _before(words, place) -> list[str]:
    """The words before, up to where the clause begins."""
    near: list[str] = []
    for word in reversed(words[max(place - REACH, 0) : place]):
        if word in STOPS or word in TURNS:
            break
        near.append(word)
    return near


def _turned(words, weights) -> list[float]:
    """What comes after a "but" counts more than what came before it."""
    turns = [place for place, word in enumerate(words) if word in TURNS and place]
    if not turns:
        return weights
    return [
        weight * (BEFORE_BUT if place < turns[-1] else AFTER_BUT)
        for place, weight in enumerate(weights)
    ]


@lru_cache(1)
def _lexicon() -> dict[str, float]:
    return {
        stem(word): float(weight)
        for weight, words in WORDS.items()
        for word in words.split()
    }
