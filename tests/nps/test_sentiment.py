"""How words sound, measured on sentences labelled by hand."""

import pytest

from nps.sentiment import judge, language_of, tone
from nps.sentiment.english import read as read_english
from nps.sentiment.russian import read
from nps.services.words import clean_words, read_words
from tests.nps.labelled import ENGLISH, ENGLISH_AFTER, RUSSIAN, RUSSIAN_AFTER

SIGNS = {"positive": 1, "neutral": 0, "negative": -1}


@pytest.mark.parametrize(
    ("labelled", "right", "flipped"),
    [
        (ENGLISH, 49, 3),
        (RUSSIAN, 57, 0),
        (ENGLISH_AFTER, 19, 0),
        (RUSSIAN_AFTER, 17, 0),
    ],
    ids=["english", "russian", "english-after", "russian-after"],
)
def test_as_many_are_judged_right_as_the_documentation_says(labelled, right, flipped):
    judged = [(label, SIGNS[tone(judge(text).value)]) for text, label in labelled]

    assert sum(label == sign for label, sign in judged) == right
    # Glad taken for angry, or angry for glad: worse than saying nothing.
    assert sum(label * sign == -1 for label, sign in judged) == flipped


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Great", "en"),
        ("Отлично", "ru"),
        ("CRM сломана", "ru"),
        ("Керемет қызмет, рақмет", "kk"),
        ("10/10 !!!", ""),
        ("", ""),
    ],
)
def test_the_language_is_that_of_the_letters(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "   ", "Керемет қызмет, рақмет", "10"])
def test_what_cannot_be_read_is_not_judged(text):
    assert judge(text) is None


def test_digits_are_judged_in_the_language_of_the_page():
    assert judge("10", "en").value == 0


@pytest.mark.parametrize(
    ("plain", "turned"),
    [
        ("доволен", "не доволен"),
        ("ошибки", "ошибок нет"),
        ("хорошо", "слишком хорошо"),
        ("ошибки", "без ошибок"),
    ],
)
def test_a_negation_turns_russian_words(plain, turned):
    assert read(plain) * read(turned) < 0


def test_a_negation_ends_with_its_clause():
    assert read("нет, отлично") > 0


def test_a_booster_makes_it_stronger():
    assert read("очень плохо") < read("плохо") < 0


def test_what_follows_a_but_counts_more():
    assert read("хорошо, но плохо") < 0 < read("плохо, но хорошо")


def test_words_of_the_trade_are_known():
    assert read_english("It crashes") < -0.4 < 0.3 < read_english("It is intuitive")


def test_what_is_kept_can_be_kept():
    assert clean_words("a\x00b\ud800 " + "x" * 20_000) == "ab " + "x" * 9_997
    assert read_words("\x00") == {"language": "", "sentiment": None, "sentiment_by": ""}


def test_another_judge_can_be_named(settings):
    settings.SURVEY_SENTIMENT = "tests.nps.test_sentiment.always_glad"

    assert read_words("Awful")["sentiment_by"] == "optimist"


def always_glad(text, language):
    return type(judge("ok"))(1.0, "optimist")
