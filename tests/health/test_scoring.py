from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.scoring import POINTS, Facts, band, max_points, moves, score
from tests.health.cases import CASES

AT = datetime(2026, 5, 15, 9, tzinfo=UTC)


def facts_of(case):
    """What the columns of a case say, as scoring reads it."""
    return Facts(
        at=AT,
        usage_days=case.days,
        active_users=case.users,
        seats=case.seats,
        has_tickets=bool(case.critical),
        critical_open=len(case.critical),
        critical_since=AT - max(case.critical) if case.critical else None,
        nps=case.nps,
        bills=case.count[0],
        bills_late=case.count[1],
    )


def points_of(measures):
    return tuple(
        None if measure["state"] == "missing" else measure["points"]
        for measure in measures
    )


def test_there_are_at_least_forty_cases_with_names_of_their_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_account_worked_by_hand(case):
    result = score(POINTS, facts_of(case))

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
    facts = Facts(AT, usage_days=20, active_users=9, seats=10, is_usage_stale=True)

    result = score(POINTS, facts)

    assert [measure["state"] for measure in result.measures] == [
        "stale",
        "stale",
        "ok",
        "missing",
        "missing",
    ]
    assert (result.score, result.coverage) == (65, 0.15)


def test_each_measure_says_how_old_its_data_is():
    facts = Facts(
        AT,
        usage_days=20,
        active_users=9,
        usage_as_of=AT - timedelta(minutes=1),
        seats=10,
        has_tickets=True,
        tickets_as_of=AT - timedelta(days=2),
        nps=9,
        nps_at=AT - timedelta(days=3),
        bills=1,
        bills_as_of=AT - timedelta(days=4),
    )

    result = score(POINTS, facts)

    assert {measure["key"]: measure["as_of"] for measure in result.measures} == {
        "login_days": "2026-05-15T08:59:00+00:00",
        "seat_use": "2026-05-15T08:59:00+00:00",
        "critical_tickets": "2026-05-13T09:00:00+00:00",
        "nps": "2026-05-12T09:00:00+00:00",
        "payments": "2026-05-11T09:00:00+00:00",
    }


SOME_FACTS = st.builds(
    Facts,
    at=st.just(AT),
    usage_days=st.none() | st.integers(0, 30),
    active_users=st.integers(0, 50),
    seats=st.none() | st.integers(0, 50),
    has_tickets=st.booleans(),
    critical_open=st.integers(1, 5),
    critical_since=st.none() | st.datetimes(timezones=st.just(UTC), max_value=datetime(2026, 5, 15)),  # noqa: DTZ001 (hypothesis adds the zone)
    nps=st.none() | st.integers(0, 10),
    bills=st.integers(0, 9),
    bills_late=st.integers(0, 9),
    is_usage_stale=st.booleans(),
)  # fmt: skip


@given(SOME_FACTS)
def test_a_score_is_the_clipped_sum_of_its_points(facts):
    result = score(POINTS, facts)

    points = [measure["points"] for measure in result.measures]
    if all(measure["state"] == "missing" for measure in result.measures):
        assert (result.score, result.band, sum(points)) == (None, "unknown", 0)
    else:
        assert result.score == max(0, min(100, sum(points)))
        assert result.band == band(POINTS, result.score)


@given(SOME_FACTS)
def test_coverage_is_the_share_of_points_whose_data_is_fresh(facts):
    result = score(POINTS, facts)

    weights = {m["key"]: max_points(m) for m in POINTS["measures"]}
    fresh = [weights[m["key"]] for m in result.measures if m["state"] == "ok"]
    assert result.coverage == sum(fresh) / 100


@given(SOME_FACTS)
def test_no_data_is_never_green(facts):
    result = score(POINTS, facts)

    if not facts.is_anything_known:
        assert (result.score, result.band, result.coverage) == (None, "unknown", 0)


@given(SOME_FACTS, SOME_FACTS)
def test_moves_add_up_to_the_change(one, other):
    before, after = score(POINTS, one), score(POINTS, other)
    if before.score is None or after.score is None:
        return

    found = moves(before.score, before.measures, after.score, after.measures)

    assert sum(move.points for move in found) == after.score - before.score
    assert all(move.points for move in found)
