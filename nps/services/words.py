"""What is made of the words of an answer when they come in."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from nps.sentiment import language_of
from nps.sentiment.leaning import leant
from tenants.models import Language

LONGEST = 10_000


def clean_words(text: str) -> str:
    """What can be kept: no null, no half of a character, at most 10,000."""
    kept = text.replace("\x00", "").encode("utf-8", "ignore").decode()
    return kept.strip()[:LONGEST]


def read_words(
    text: str, language: str = "", *, kind: str = "", score: int | None = None
) -> dict[str, Any]:
    """The fields of a response that its words decide: language and sentiment.

    The sentiment is that of the words, moved by the score they stand under.
    """
    text = clean_words(text)
    found = language_of(text) or language
    judgement = import_string(settings.SURVEY_SENTIMENT)(text, language)
    return {"language": found if found in Language.values else ""} | (
        {"sentiment": None, "sentiment_by": ""}
        if judgement is None
        else {
            "sentiment": leant(judgement.value, kind, score),
            "sentiment_by": judgement.by if score is None else f"{judgement.by}+score",
        }
    )
