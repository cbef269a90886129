from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.scoring import POINTS, Card, Value, band, max_points, score
from tests.health.cases import CASES

AT = datetime(2026, 5, 15, 9, tzinfo=UTC)


LOGINS, SEATS, TICKETS, NPS, BILLS = Card(POINTS).readings


def values_of(case):
    """What the columns of a case say, as scoring reads it."""
    is_used = case.days is not None
    is_known = is_used or case.critical or case.nps is not None or case.count[0]
    oldest = max(case.critical, default=timedelta(0))
    return {
        LOGINS: Value(case.days) if is_used else None,
        SEATS: Value(case.users / case.seats) if is_used and case.seats else None,
        TICKETS: Value(len(case.critical), age=oldest) if is_known else None,
        NPS: Value(case.nps) if case.nps is not None else None,
        BILLS: Value(case.count[1]) if case.count[0] else None,
    }


def points_of(measures):
    return tuple(
        None if measure["state"] == "missing" else measure["points"]
        for measure in measures
    )


def test_there_are_at_least_forty_cases_with_names_of_their_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_account_worked_by_hand(case):
    result = score(POINTS, values_of(case), at=AT)

    assert points_of(result.measures) == case.points
    assert (result.score, result.band) == (case.score, case.band)
    assert round(result.coverage * 100) == case.coverage


def test_the_best_card_is_worth_100():
    assert [max_points(measure) for measure in POINTS["measures"]] == [
        30,
        20,
        15,
        20,
        15,
    ]


@pytest.mark.parametrize(
    ("number", "colour"),
    [
        (0, "red"),
        (49, "red"),
        (50, "amber"),
        (79, "amber"),
        (80, "green"),
        (100, "green"),
        (None, "unknown"),
    ],
)
def test_the_borders_of_the_colours(number, colour):
    assert band(POINTS, number) == colour


def test_a_silent_source_makes_usage_stale_and_lowers_the_coverage():
    values = {
        LOGINS: Value(20, is_stale=True),
        SEATS: Value(0.9, is_stale=True),
        TICKETS: Value(0),
    }

    result = score(POINTS, values, at=AT)

    assert [measure["state"] for measure in result.measures] == [
        "stale",
        "stale",
        "ok",
        "missing",
        "missing",
    ]
    assert (result.score, result.coverage) == (65, 0.15)


def test_each_measure_says_how_old_its_data_is():
    values = {
        LOGINS: Value(20, AT - timedelta(minutes=1)),
        SEATS: Value(0.9, AT - timedelta(minutes=1)),
        TICKETS: Value(0, AT - timedelta(days=2)),
        NPS: Value(9, AT - timedelta(days=3)),
        BILLS: Value(0, AT - timedelta(days=4)),
    }

    result = score(POINTS, values, at=AT)

    assert {measure["key"]: measure["as_of"] for measure in result.measures} == {
        "login_days": "2026-05-15T08:59:00+00:00",
        "seat_use": "2026-05-15T08:59:00+00:00",
        "critical_tickets": "2026-05-13T09:00:00+00:00",
        "nps": "2026-05-12T09:00:00+00:00",
        "payments": "2026-05-11T09:00:00+00:00",
    }


AGES = st.timedeltas(timedelta(0), timedelta(days=20))
SOME_VALUES = st.fixed_dictionaries(
    {
        LOGINS: st.none()
        | st.tuples(st.integers(0, 30), st.booleans()).map(
            lambda drawn: Value(drawn[0], is_stale=drawn[1])
        ),
        SEATS: st.none() | st.floats(0, 2).map(Value),
        TICKETS: st.none()
        | st.tuples(st.integers(0, 5), AGES).map(
            lambda drawn: Value(drawn[0], age=drawn[1])
        ),
        NPS: st.none() | st.integers(0, 10).map(Value),
        BILLS: st.none() | st.integers(0, 9).map(Value),
    }
)


@given(SOME_VALUES)
def test_a_score_is_the_clipped_sum_of_its_points(values):
    result = score(POINTS, values, at=AT)

    points = [measure["points"] for measure in result.measures]
    if all(measure["state"] == "missing" for measure in result.measures):
        assert (result.score, result.band, sum(points)) == (None, "unknown", 0)
    else:
        assert result.score == max(0, min(100, sum(points)))
        assert result.band == band(POINTS, result.score)


@given(SOME_VALUES)
def test_coverage_is_the_share_of_points_whose_data_is_fresh(values):
    result = score(POINTS, values, at=AT)

    weights = {m["key"]: max_points(m) for m in POINTS["measures"]}
    fresh = [weights[m["key"]] for m in result.measures if m["state"] == "ok"]
    assert result.coverage == sum(fresh) / 100


@given(SOME_VALUES)
def test_no_data_is_never_green(values):
    result = score(POINTS, values, at=AT)

    if not any(values.values()):
        assert (result.score, result.band, result.coverage) == (None, "unknown", 0)
