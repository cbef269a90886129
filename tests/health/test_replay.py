"""A small history worked by hand."""

from datetime import date

import pytest

from health.learning.alarms import lead
from health.learning.calibration import by_tenths, wilson
from health.learning.figures import by_months, shares
from health.learning.replay import Replayed, report

MONTHS = [date(2026, month, 1) for month in range(1, 7)]


def row(
    account, month, *, gone=None, score=80, before=60, days=5, since=3, chance=None
):
    return Replayed(
        account=account,
        day=MONTHS[month],
        is_gone=gone is not None,
        gone_on=gone,
        draft=score,
        draft_band="unknown" if score is None else "red" if score < 50 else "green",
        published=before,
        published_band="amber",
        days_active=days,
        days_since_last=since,
        chance=chance,
    )


HISTORY = [
    row("a", 0, score=90),
    row("a", 1, score=40),
    row("a", 2, score=30, gone=date(2026, 3, 20), days=1),
    row("b", 0, score=45),
    row("b", 1, score=70, gone=date(2026, 2, 10), days=9),
    row("c", 0, score=20),
    row("c", 1, score=85),
    row("c", 2, score=None),
]


def test_the_report_by_hand():
    found = report(HISTORY, 30, has_published=True)

    assert (found["rows"], found["accounts"], found["gone"]) == (8, 3, 2)
    assert found["listed"] == [
        {"account": "a", "gone_on": "2026-03-20", "draft": 47, "published": None},
        {"account": "b", "gone_on": "2026-02-10", "draft": None, "published": None},
    ]
    assert found["leads"]["draft"] == {"losses": 2, "warned": 1, "median": 47}
    assert found["alarms"]["draft"] == {
        "hits": 1,
        "misses": 1,
        "false_alarms": 3,
        "quiet": 3,
        "precision": 1 / 4,
        "recall": 1 / 2,
    }
    bands = {b["key"]: (b["rows"], b["gone"]) for b in found["bands"]["draft"]}
    assert bands == {"green": (3, 1), "red": (4, 1), "unknown": (1, 0)}
    assert list(bands) == ["green", "red", "unknown"]
    assert [(b["key"], b["rows"], b["gone"]) for b in found["scores"]["draft"]] == [
        ("20", 1, 0), ("30", 1, 1), ("40", 2, 0), ("70", 1, 1), ("80", 1, 0), ("90", 1, 0),
    ]  # fmt: skip


def test_every_way_is_measured_on_the_same_rows():
    block = report(HISTORY, 30, has_published=True)["ranking"]

    aucs = {way["way"]: round(way["value"], 9) for way in block["ways"]}
    # Of the seven scored rows two are losses: ten pairs.
    assert (block["rows"], block["gone"]) == (7, 2)
    assert aucs == {"draft": 0.6, "published": 0.5, "days": 0.5, "recency": 0.5}
    assert {way["way"]: round(way["gain"]["value"], 9) for way in block["ways"]} == {
        "draft": 0.1, "published": 0, "days": 0, "recency": 0,
    }  # fmt: skip


def test_without_a_published_card_there_is_nothing_beside_the_draft():
    found = report(HISTORY, 30, has_published=False)

    assert set(found["leads"]) == {"draft"}
    assert [way["way"] for way in found["ranking"]["ways"]] == [
        "draft",
        "days",
        "recency",
    ]


def test_an_empty_history_is_a_report_without_figures():
    found = report([], 30, has_published=False)

    assert (found["rows"], found["losses"], found["ranking"]) == (0, 0, None)
    assert found["is_few"] is True


@pytest.mark.parametrize(
    ("warned", "days"),
    [
        ([0, 0, 0, 1, 1, 0], 84),  # to 24 June from 1 April
        ([1, 1, 1, 1, 1, 1], 174),
        ([1, 0, 0, 0, 0, 1], 23),  # an older warning had been taken back
        ([0, 0, 0, 0, 1, 0], 54),
        ([1, 1, 1, 0, 0, 0], None),  # too long ago to count
        ([0, 0, 0, 0, 0, 0], None),
    ],
)
def test_a_warning_began_where_its_unbroken_row_did(warned, days):
    told = [(day, bool(one)) for day, one in zip(MONTHS, warned, strict=True)]

    assert lead(told, date(2026, 6, 24), 60) == days


def test_a_warning_longer_than_a_year_counts_as_a_year():
    told = [(date(year, 1, 1), True) for year in range(2020, 2027)]

    assert lead(told, date(2026, 2, 1), 60) == 365


def test_what_comes_after_the_loss_is_no_warning():
    told = [(day, number >= 3) for number, day in enumerate(MONTHS)]

    assert lead(told, date(2026, 3, 15), 60) is None


def test_tenths_hold_every_row_once_in_order():
    chances = [n / 40 for n in range(25)]

    bands = by_tenths([n >= 20 for n in range(25)], chances)

    assert sum(band.rows for band in bands) == 25
    assert [band.came_true for band in bands] == [0] * 8 + [2, 3]
    assert bands[0].foretold == pytest.approx(0.0125)


def test_wilsons_interval_as_published():
    # 10 of 100: 5.5 % to 17.4 %.
    found = wilson(10, 100)

    assert (round(found.low, 3), round(found.high, 3)) == (0.055, 0.174)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)


def test_losses_are_counted_by_months_of_warning_and_those_without_one_last():
    losses = [
        {"draft": 61, "published": None},
        {"draft": 29, "published": 30},
        {"draft": None, "published": 0},
    ]

    assert by_months(losses, ("draft", "published")) == {
        "draft": [1, 0, 1, 1],
        "published": [1, 1, 0, 1],
    }


def test_tens_of_scores_stand_in_their_order_whichever_card_has_them():
    groups = [
        [{"key": ten, "value": 0.5, "low": 0, "high": 1} for ten in tens]
        for tens in (["30", "90"], ["10", "30"])
    ]
    sides = [("draft", "a", groups[0]), ("published", "b", groups[1])]

    axis = shares(sides, "Score")["layout"]["xaxis"]

    assert axis["categoryorder"] == "array"
    assert axis["categoryarray"][:4] == ["0", "10", "20", "30"]
