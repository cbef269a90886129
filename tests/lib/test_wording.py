from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from cs_platform.lib import wording

NOW = datetime(2026, 5, 12, 9, 5, tzinfo=UTC)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "amount", "currency", "text"),
    [
        ("en", Decimal("1250000"), "USD", "$1,250,000"),
        ("en", Decimal("99.5"), "USD", "$99.50"),
        ("en", Decimal("-12"), "USD", "−$12"),
        ("en", Decimal("1250000"), "KZT", "₸1,250,000"),
        ("en", Decimal("1250000"), "CHF", f"CHF{SPACE}1,250,000"),
        ("ru", Decimal("1250000"), "KZT", f"1{SPACE}250{SPACE}000{SPACE}₸"),
        ("ru", Decimal("99.5"), "RUB", f"99,50{SPACE}₽"),
        ("en", None, "USD", "–"),
    ],
)
def test_money_in_the_readers_language(language, amount, currency, text):
    with translation.override(language):
        assert wording.money(amount, currency) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (999, "$999"),
        (1250, "$1.25K"),
        (12500, "$12.5K"),
        (125_400, "$125K"),
        (1_250_000, "$1.25M"),
        (-12_500, "−$12.5K"),
        (None, "–"),
    ],
)
def test_money_short_keeps_three_figures(amount, text):
    with translation.override("en"):
        assert wording.money_short(amount, "USD") == text


@pytest.mark.parametrize(
    ("ratio", "digits", "text"),
    [
        (Decimal("0.973"), 1, "97.3%"),
        (1, 0, "100%"),
        (-0.025, 1, "−2.5%"),
        (-0.0004, 1, "0.0%"),
        (None, 1, "–"),
    ],
)
def test_percent_of_a_ratio(ratio, digits, text):
    with translation.override("en"):
        assert wording.percent(ratio, digits) == text


def test_number_in_the_readers_language():
    with translation.override("ru"):
        assert [
            wording.number(12400),
            wording.number(1.5, 2),
            wording.number(None),
        ] == [
            f"12{SPACE}400",
            "1,50",
            "–",
        ]


@pytest.mark.parametrize(
    ("delta", "text"),
    [
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(minutes=-59), "59 minutes ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=-23), "23 hours ago"),
        (timedelta(days=-13), "13 days ago"),
        (timedelta(days=-14), "2 weeks ago"),
        (timedelta(days=-90), "3 months ago"),
        (timedelta(days=-800), "2 years ago"),
        (timedelta(hours=3), "in 3 hours"),
    ],
)
def test_ago_of_an_instant(delta, text):
    with translation.override("en"):
        assert wording.ago(NOW + delta, NOW) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (12, "in 12 days"),
        (60, "in 60 days"),
        (91, "in 3 months"),
        (-365 * 2, "2 years ago"),
    ],
)
def test_ago_of_a_day(days, text):
    with translation.override("en"):
        assert wording.ago(date(2026, 5, 12) + timedelta(days=days), NOW) == text


def test_ago_of_a_day_is_counted_in_the_zone_of_the_reader():
    late = datetime(2026, 5, 12, 20, 0, tzinfo=UTC)

    with translation.override("en"), timezone.override("Asia/Almaty"):
        assert wording.ago(date(2026, 5, 13), late) == "today"


def test_ago_in_russian_has_its_three_plurals():
    with translation.override("ru"):
        texts = [wording.ago(NOW - timedelta(hours=n), NOW) for n in (1, 2, 5)]

    assert texts == ["1 час назад", "2 часа назад", "5 часов назад"]


def test_instant_stands_in_the_zone_of_the_reader():
    with translation.override("en"), timezone.override("Asia/Almaty"):
        assert wording.instant(NOW) == "12 May 2026, 14:05"
        assert wording.day(datetime(2026, 5, 12, 20, tzinfo=UTC)) == "13 May 2026"


def test_an_unknown_language_falls_back_to_english():
    with translation.override("tlh"):
        assert wording.number(1200) == "1,200"


def test_a_debt_has_a_minus_and_no_hyphen():
    with translation.override("en"):
        assert wording.money(Decimal(-29), "USD") == "\N{MINUS SIGN}$29"
