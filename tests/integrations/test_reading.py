from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from integrations import headers, reading
from integrations.reading import Unreadable


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-01-31", "dmy", date(2026, 1, 31)),
        ("31-01-2026", "dmy", date(2026, 1, 31)),
        ("31.1.2026", "dmy", date(2026, 1, 31)),
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
    ],
)
def test_a_day(text, order, day):
    assert reading.to_day(text, order) == day


@pytest.mark.parametrize(
    "text", ["", "31.02.2026", "2026-13-01", "tomorrow", "45678", "31.01.26", "1-1-1-1"]
)
def test_no_day(text):
    with pytest.raises(Unreadable):
        reading.to_day(text)


def test_an_instant_is_of_the_workspace_unless_it_says_otherwise():
    zone = "Asia/Almaty"

    assert reading.to_instant("28-07-2023 03:00", zone) == datetime(
        2023, 7, 28, 3, tzinfo=ZoneInfo(zone)
    )
    assert reading.to_instant("2023-07-28T03:00:00Z", zone) == datetime(
        2023, 7, 28, 3, tzinfo=UTC
    )
    assert reading.to_instant("27-07-2023", zone) == datetime(
        2023, 7, 27, tzinfo=ZoneInfo(zone)
    )


@pytest.mark.parametrize(
    ("values", "order", "is_told"),
    [
        (["31.01.2026", "01.02.2026"], "dmy", True),
        (["01/31/2026", "02/01/2026"], "mdy", True),
        (["01/02/2026", "03/04/2026"], "dmy", False),
        (["2026-01-02", ""], "dmy", True),
    ],
)
def test_the_order_of_day_and_month(values, order, is_told):
    assert reading.day_order(values) == (order, is_told)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1200", "1200"),
        ("1200.50", "1200.50"),
        ("1200,5", "1200.5"),
        ("1 200,50", "1200.50"),
        ("1\u00a0234\u00a0567,89 ₸", "1234567.89"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234", "1234"),
        ("USD 99", "99"),
        ("$-5", "-5"),
        ("0.125", "0.125"),
    ],
)
def test_an_amount(text, amount):
    assert reading.to_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", "free", "1.2.3", "1,2,3", "1.234", "12,34.5", "1e5", "NaN", "--1", "1,23,4.0"],
)
def test_no_amount(text):
    with pytest.raises(Unreadable):
        reading.to_amount(text)


def test_words():
    assert [reading.to_boolean(word) for word in ("TRUE", "да", "0", "No")] == [
        True,
        True,
        False,
        False,
    ]
    assert reading.to_list("Champion; decision maker,user") == [
        "champion",
        "decision_maker",
        "user",
    ]
    with pytest.raises(Unreadable):
        reading.to_integer("1.5")


def test_columns_are_guessed_from_their_names():
    header = ["subscription_id", "Account ID", "Start Date", "mrr_amount", "upgrade"]

    assert headers.guess("contract", header) == {
        "external_id": "subscription_id",
        "account": "Account ID",
        "starts_on": "Start Date",
        "mrr": "mrr_amount",
    }
