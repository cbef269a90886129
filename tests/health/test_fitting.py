"""The learned model on made-up worlds whose truth is known."""

import random
from datetime import date, timedelta
from math import exp

import pytest

from health.learning import calibration, ranking
from health.learning.fitting import Column, Seen, fit, foretell, set_right
from health.learning.weights import probability, topics_of, usual

COLUMNS = [Column("a", "often"), Column("b", "often"), Column("c", "last")]
FIRST = date(2020, 1, 1)


def world(*, accounts=120, months=18, pull=1.5, seed=0):
    """Accounts whose chance to go is known: sigmoid(pull × a - 1); c is noise."""
    dice = random.Random(seed)
    rows = []
    for month in range(months):
        for account in range(accounts):
            a, c = dice.gauss(0, 1), dice.gauss(0, 1)
            chance = 1 / (1 + exp(1 - pull * a))
            values = [a, a / 2 + dice.gauss(0, 1), c if account % 2 else None]
            day = FIRST + timedelta(days=30 * month)
            rows.append(Seen(account, day, values, dice.random() < chance))
    return rows


def auc_of(rows, told):
    known = [(row, one) for row, one in zip(rows, told, strict=True) if one is not None]
    return ranking.interval(
        ranking.area(
            [row.is_gone for row, _ in known],
            [one.chance for _, one in known],
            [row.cluster for row, _ in known],
        )
    )


def test_it_finds_what_is_there():
    model = fit(world(), COLUMNS)

    weights = {one["key"]: one["weight"] for one in model["weights"]}
    assert weights["a"] == pytest.approx(1.5, abs=0.15)
    assert weights["c"] == pytest.approx(0, abs=0.15)


def test_topics_add_up_to_what_is_foretold():
    model = fit(world(), COLUMNS) | {"slope": 0.8, "offset": -0.3}
    traits = {"a": 1.2, "b": -0.4, "c": None}

    topics = topics_of(model, traits)

    odds = usual(model) + sum(part for _, part in topics)
    assert probability(model, traits) == pytest.approx(1 / (1 + exp(-odds)))
    assert [topic for topic, _ in topics] == ["often", "last"]
    assert dict(topics)["last"] == 0


@pytest.mark.slow
def test_on_noise_it_finds_nothing():
    rows = world(pull=0, seed=5)

    found = auc_of(rows, foretell(rows, COLUMNS, 30))

    assert found.low < 0.5 < found.high


@pytest.mark.slow
def test_what_it_foretells_comes_true_as_often_as_it_says():
    rows = world(months=24, seed=2)
    told = foretell(rows, COLUMNS, 30)
    known = [(row, one) for row, one in zip(rows, told, strict=True) if one is not None]

    bands = calibration.by_tenths(
        [row.is_gone for row, _ in known], [one.chance for _, one in known]
    )

    assert auc_of(rows, told).low > 0.75
    for band in bands:
        assert band.share.low - 0.02 < band.foretold < band.share.high + 0.02


@pytest.mark.slow
def test_nothing_after_a_day_changes_what_is_foretold_on_it():
    """Outcomes not over by then, and rows of later days, are turned upside down."""
    rows = world(months=12)
    day = FIRST + timedelta(days=30 * 8)
    altered = [
        row
        if row.day <= day - timedelta(days=60)
        else Seen(
            row.cluster,
            row.day,
            row.values if row.day <= day else [9.0, 9.0, 9.0],
            not row.is_gone,
        )
        for row in rows
    ]

    told, again = (foretell(some, COLUMNS, 60) for some in (rows, altered))

    until = [number for number, row in enumerate(rows) if row.day <= day]
    assert any(told[number] is not None for number in until)
    assert [told[n] for n in until] == [again[n] for n in until]


def test_too_little_history_foretells_nothing():
    rows = world(accounts=10, months=12)

    assert set(foretell(rows, COLUMNS, 30)) == {None}


def test_too_few_predictions_set_nothing_right():
    assert set_right([0.1] * 40, [True] * 29 + [False] * 11) == (1.0, 0.0)


def test_predictions_that_are_too_sure_are_set_right():
    dice = random.Random(1)
    odds = [dice.gauss(0, 2) for _ in range(4000)]
    gone = [dice.random() < 1 / (1 + exp(-(one / 2 - 1))) for one in odds]

    slope, offset = set_right(odds, gone)

    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.1)


def test_a_column_that_is_hardly_known_or_always_the_same_is_left_out():
    rows = [
        Seen(
            n, FIRST, [float(n % 7), 1.0, float(n) if n % 10 == 0 else None], n % 3 == 0
        )
        for n in range(100)
    ]

    assert [one["key"] for one in fit(rows, COLUMNS)["weights"]] == ["a"]
