"""How words sound, measured on sentences labelled by hand."""

import pytest

from nps.sentiment import judge, language_of, tone
from nps.sentiment.english import read as read_english
from nps.sentiment.leaning import leaning
from nps.sentiment.russian import read
from nps.services.words import clean_words, read_words
from tests.nps.labelled import ENGLISH, ENGLISH_AFTER, RUSSIAN, RUSSIAN_AFTER
from tests.nps.unseen import ENGLISH_UNSEEN, RUSSIAN_UNSEEN

SIGNS = {"positive": 1, "neutral": 0, "negative": -1}


@pytest.mark.parametrize(
    ("labelled", "right", "flipped"),
    [
        (ENGLISH, 56, 2),
        (RUSSIAN, 57, 0),
        (ENGLISH_AFTER, 29, 0),
        (RUSSIAN_AFTER, 30, 0),
    ],
    ids=["english", "russian", "english-after", "russian-after"],
)
def test_as_many_are_judged_right_as_the_documentation_says(labelled, right, flipped):
    judged = [(label, SIGNS[tone(judge(text).value)]) for text, label in labelled]

    assert sum(label == sign for label, sign in judged) == right
    # Glad taken for angry, or angry for glad: worse than saying nothing.
    assert sum(label * sign == -1 for label, sign in judged) == flipped


@pytest.mark.parametrize(
    ("unseen", "by_words", "with_score", "by_score"),
    [
        (ENGLISH_UNSEEN, (29, 8), (53, 4), (56, 2)),
        (RUSSIAN_UNSEEN, (25, 2), (56, 2), (57, 2)),
    ],
    ids=["english", "russian"],
)
def test_as_many_unseen_ones_are_judged_right(unseen, by_words, with_score, by_score):
    """Of each: how many right, and how many turned around."""
    labels = [label for _text, label, _score in unseen]
    judged = {
        "words": [judge(text).value for text, _label, _score in unseen],
        "both": [
            read_words(text, kind="nps", score=score)["sentiment"]
            for text, _label, score in unseen
        ],
        "score": [leaning("nps", score) for _text, _label, score in unseen],
    }

    found = {
        name: _measured(labels, [SIGNS[tone(value)] for value in values])
        for name, values in judged.items()
    }

    assert found == {"words": by_words, "both": with_score, "score": by_score}


def _measured(labels, signs):
    pairs = list(zip(labels, signs, strict=True))
    right = sum(label == sign for label, sign in pairs)
    return right, sum(label * sign == -1 for label, sign in pairs)


@pytest.mark.parametrize(
    ("kind", "score", "moved"),
    [
        ("nps", 0, -0.4),
        ("nps", 6, -0.4),
        ("nps", 7, 0),
        ("nps", 8, 0),
        ("nps", 9, 0.4),
        ("nps", 10, 0.4),
        ("csat", 1, -0.4),
        ("csat", 2, -0.4),
        ("csat", 3, 0),
        ("csat", 4, 0.4),
        ("csat", 5, 0.4),
        ("free", None, 0),
    ],
)
def test_a_score_moves_what_its_words_say(kind, score, moved):
    assert leaning(kind, score) == moved


def test_the_words_of_a_detractor_are_rarely_glad():
    plain, fine = "A good idea.", "Everything is perfect, excellent team!"

    said = [
        tone(read_words(text, kind="nps", score=2)["sentiment"])
        for text in (plain, fine)
    ]

    assert tone(judge(plain).value) == "positive"
    assert said == ["neutral", "positive"]


def test_what_judged_says_whether_it_saw_the_score():
    by = [
        read_words("Slow", kind=kind, score=score)["sentiment_by"]
        for kind, score in (("nps", 2), ("free", None))
    ]

    assert by == ["vader+score", "vader"]


@pytest.mark.parametrize(
    ("text", "is_glad"),
    [
        ("It is hard to use.", False),
        ("No help, no response.", False),
        ("It CRASHES and is confusing.", False),
        ("We couldn’t live without it.", True),
        ("No complaints.", True),
    ],
)
def test_words_that_say_something_together_are_heard_together(text, is_glad):
    assert (read_english(text) > 0) is is_glad


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
