from datetime import date, timedelta

import pytest

from renewals.ladder import (
    ENTERED_LATER,
    FIRED_BEFORE,
    Planned,
    next_fire_on,
    plan,
)

END = date(2026, 12, 31)


def before(days):
    return END - timedelta(days=days)


def steps(planned):
    return [(one.step, one.skip) for one in planned]


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [
        (121, []),
        (120, [(120, "")]),
        (91, [(120, "")]),
        (90, [(120, ""), (90, "")]),
        (6, [(120, ""), (90, ""), (60, ""), (30, ""), (7, "")]),
        (-5, [(120, ""), (90, ""), (60, ""), (30, ""), (7, "")]),
    ],
)
def test_plan_of_a_date_known_in_time(days_left, expected):
    planned = plan(END, entered_on=before(200), on=before(days_left))

    assert steps(planned) == expected


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [
        (130, []),
        (120, [(120, "")]),
        (100, [(120, "")]),
        (90, [(120, ENTERED_LATER), (90, "")]),
        (
            20,
            [(120, ENTERED_LATER), (90, ENTERED_LATER), (60, ENTERED_LATER), (30, "")],
        ),
        (0, [*[(s, ENTERED_LATER) for s in (120, 90, 60, 30)], (7, "")]),
    ],
)
def test_plan_of_a_date_known_late_fires_only_the_tightest(days_left, expected):
    planned = plan(END, entered_on=before(days_left), on=before(days_left))

    assert steps(planned) == expected


def test_plan_after_a_late_entry_goes_on_with_what_comes():
    planned = plan(END, entered_on=before(20), on=before(3), handled={120, 90, 60, 30})

    assert planned == [Planned(7, before(7))]


def test_plan_after_a_move_does_not_repeat_what_fired_before():
    planned = plan(
        END, entered_on=before(85), on=before(59), fired_before={120, 90, 60}
    )

    assert steps(planned) == [(120, FIRED_BEFORE), (90, FIRED_BEFORE), (60, "")]


@pytest.mark.parametrize(
    ("handled", "expected"),
    [
        (set(), before(120)),
        ({120, 90}, before(60)),
        ({120, 90, 60, 30, 7}, None),
    ],
)
def test_next_fire_on_is_the_day_of_the_next_step(handled, expected):
    assert next_fire_on(END, handled) == expected
