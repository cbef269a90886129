"""Whether words sound glad or not: -1 to 1, and what judged so.

`judge` is replaceable by the setting SURVEY_SENTIMENT: any function of a text and a
language that returns a `Judgement`, or None where it cannot tell.
"""

from collections.abc import Callable
from dataclasses import dataclass

from nps.sentiment import english, russian
from nps.sentiment.script import language_of

# Nearer to nought than this is neither glad nor angry.
NEUTRAL = 0.05
READERS: dict[str, tuple[str, Callable[[str], float | None]]] = {
    "en": (english.NAME, english.read),
    "ru": (russian.NAME, russian.read),
}


@dataclass(frozen=True)
class Judgement:
    value: float
    by: str


def judge(text: str, language: str = "") -> Judgement | None:
    """How a text sounds. The language is that of its letters; the one given decides
    where these do not tell. None: no words of a language that is known."""
    found = language_of(text) or (language if text.strip() else "")
    if found not in READERS:
        return None
    name, read = READERS[found]
    value = read(text)
    return None if value is None else Judgement(round(value, 3), name)


def tone(value: float | None) -> str:
    """positive, neutral, negative; empty where nobody judged."""
    if value is None:
        return ""
    if abs(value) < NEUTRAL:
        return "neutral"
    return "positive" if value > 0 else "negative"


__all__ = ["NEUTRAL", "Judgement", "judge", "language_of", "tone"]
