"""Where a score is going: worked by hand, and never flat while the number moved."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.scoring import attention, direction, noise
from health.scoring.direction import points_gained

TODAY = date(2026, 5, 15)


def went(*scores):
    """The scores of the days up to today, the last one today's."""
    return {
        TODAY - timedelta(days=back): score
        for back, score in enumerate(reversed(scores))
        if score is not None
    }


@pytest.mark.parametrize(
    ("week", "month", "state"),
    [
        (-12, -12, "falling"),
        (12, 3, "rising"),
        # Slowly: little in the week, much in four.
        (-2, -15, "falling"),
        (0, 15, "rising"),
        # Within its usual swing; but moved.
        (-5, -5, "drifting_down"),
        (1, 0, "drifting_up"),
        (0, -3, "drifting_down"),
        (None, 4, "drifting_up"),
        # The week counts first.
        (9, -20, "rising"),
        (-1, 8, "drifting_down"),
        (0, 0, "steady"),
        (0, None, "steady"),
        (None, None, "unknown"),
    ],
)
def test_what_the_moves_mean(week, month, state):
    assert direction(week, month, 5, 8).state == state


POINTS = st.none() | st.integers(-100, 100)


@given(POINTS, POINTS, st.integers(2, 15), st.integers(3, 20))
def test_steady_is_only_what_did_not_move(week, month, noise_7, noise_28):
    state = direction(week, month, noise_7, noise_28).state

    moved = bool(week) or bool(month)
    is_known = week is not None or month is not None
    assert (state == "steady") == (is_known and not moved)
    assert (state == "unknown") == (not is_known)


@given(st.integers(-100, 100), st.integers(2, 15))
def test_a_week_within_the_usual_swing_is_never_called_a_fall_or_a_rise(week, noise_7):
    state = direction(week, None, noise_7, 20).state

    assert (state in ("rising", "falling")) == (abs(week) > noise_7)


def test_points_are_gained_against_the_day_so_long_ago_or_the_next_before_it():
    scores = {
        TODAY: 70,
        TODAY - timedelta(days=6): 10,
        TODAY - timedelta(days=9): 60,
        TODAY - timedelta(days=30): 90,
    }

    assert points_gained(scores, TODAY, 7) == 10
    assert points_gained(scores, TODAY, 28) == -20
    assert points_gained(scores, TODAY - timedelta(days=1), 7) is None
    assert points_gained({TODAY: 70, TODAY - timedelta(days=14): 60}, TODAY, 7) is None


def test_an_account_without_a_history_has_the_swing_of_most():
    assert noise(went(50, 60, 70), TODAY, 7) == 5
    assert noise(went(50, 60, 70), TODAY, 28) == 8


def test_a_calm_account_has_a_narrow_band_and_a_swinging_one_a_wide_one():
    calm = went(*[60] * 100)
    # Every week it stands three points higher, or lower, than the one before.
    swinging = went(*[60 + 3 * (day // 7 % 2) for day in range(100)])

    assert noise(calm, TODAY, 7) == 2
    assert noise(swinging, TODAY, 7) == 9
    assert noise(calm, TODAY, 28) == 3


def test_a_wild_account_is_still_heard_when_it_falls_by_more_than_15():
    wild = went(*[20 + 60 * (day // 7 % 2) for day in range(100)])

    assert noise(wild, TODAY, 7) == 15


def test_a_fall_does_not_widen_the_band_it_is_judged_by():
    fallen = went(*[60] * 100, 55, 50, 45, 40, 35, 30, 25)

    assert noise(fallen, TODAY, 7) == 2


def order(*accounts):
    """The names of accounts (name, score, week, month) in the order of attention."""
    return [
        name
        for name, score, week, month in sorted(
            accounts,
            key=lambda one: attention(one[1], direction(one[2], one[3], 5, 8)),
        )
    ]


def test_a_falling_75_comes_before_a_rising_65():
    assert order(("rising 65", 65, 6, 6), ("falling 75", 75, -6, -6)) == [
        "falling 75",
        "rising 65",
    ]


def test_the_order_of_attention():
    assert order(
        ("steady 90", 90, 0, 0),
        ("unknown", None, None, None),
        ("steady 45", 45, 0, 0),
        ("rising 45", 45, 20, 20),
        ("falling 85", 85, -30, -30),
        ("falling 50", 50, -10, -10),
        ("drifting 70", 70, -2, -2),
    ) == [
        "falling 50",
        "steady 45",
        "unknown",
        "falling 85",
        "drifting 70",
        "rising 45",
        "steady 90",
    ]


@given(st.integers(0, 100), st.integers(6, 100))
def test_of_two_that_stand_alike_the_falling_one_comes_first(score, moved):
    falling = attention(score, direction(-moved, None, 5, 8))
    standing = attention(score, direction(0, 0, 5, 8))
    rising = attention(score, direction(moved, None, 5, 8))

    assert falling < standing < rising
