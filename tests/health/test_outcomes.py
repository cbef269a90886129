from datetime import date, timedelta

import pytest

from health.learning.outcomes import Fate, Span, lost, silent

DAY = date(2026, 1, 31)


def after(days):
    return DAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("spans", "fate"),
    [
        # Pays on.
        ([Span(after(-100), None)], Fate(False)),
        ([Span(after(-100), after(91))], Fate(False)),
        # Ends within the horizon; the end is the first day that is not paid.
        ([Span(after(-100), after(90))], Fate(True, after(90))),
        ([Span(after(-100), after(1))], Fate(True, after(1))),
        # One contract of two ends: not lost.
        ([Span(after(-9), after(5)), Span(after(-9), None)], Fate(False)),
        # Came back within the horizon: not lost.
        ([Span(after(-9), after(5)), Span(after(80), None)], Fate(False)),
        # Came back after it: lost.
        ([Span(after(-9), after(5)), Span(after(91), None)], Fate(True, after(5))),
        # Came back, and was lost again.
        (
            [Span(after(-9), after(5)), Span(after(20), after(60))],
            Fate(True, after(60)),
        ),
        # Had nothing to lose on that day.
        ([Span(after(1), None)], None),
        ([Span(after(-9), after(0))], None),
        ([], None),
    ],
)
def test_lost_is_paying_no_more_and_not_coming_back(spans, fate):
    assert lost(spans, DAY, 90) == fate


@pytest.mark.parametrize(
    ("since", "next_in", "fate"),
    [
        (0, None, Fate(True, after(90))),
        (0, 90, Fate(False)),
        (0, 91, Fate(True, after(90))),
        (100, None, Fate(True, after(-10))),
        (179, None, Fate(True, after(-89))),
        # Not active within twice the horizon, or never.
        (180, None, None),
        (None, 3, None),
    ],
)
def test_silent_is_no_use_in_the_horizon_of_those_active_before(since, next_in, fate):
    assert silent(since, next_in, DAY, 90) == fate
