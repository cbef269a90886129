"""The course of a contract against a loop that goes from day to day."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.course import (
    UPLIFT,
    Course,
    Terms,
    anniversaries,
    months_after,
    months_between,
    next_end,
)

START = date(2023, 1, 31)
DAYS = 800
unhurried = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow]
)
RISES = anniversaries(START, after=START, before=START + timedelta(DAYS))


class Loop:
    """What was said on which day, told again from the first day for every question."""

    def __init__(self, mrr, seats):
        self.first = {"mrr": mrr, "seats": seats}
        self.said = {}
        self.risen = set()

    def days(self):
        running, told = dict(self.first), []
        for n in range(DAYS):
            day = START + timedelta(n)
            if day in self.risen:
                whole = running["mrr"] * Decimal("1.05")
                running["mrr"] = whole.quantize(Decimal("0.01"), ROUND_HALF_UP)
            running = running | self.said.get(day, {})
            told.append((running["mrr"], running["seats"]))
        return told


prices = st.integers(0, 90_000).map(lambda cents: Decimal(cents) / 100)
seats = st.integers(1, 9)
moments = st.integers(1, DAYS - 1).map(lambda n: START + timedelta(n))
sayings = st.fixed_dictionaries({}, optional={"mrr": prices, "seats": seats}).filter(
    bool
)
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("put"), moments, sayings),
        st.tuples(st.just("take back"), st.integers(0, 9), st.none()),
    ),
    max_size=12,
)


@unhurried
@given(prices, seats, deeds, st.booleans())
def test_terms_of_every_day_are_those_of_a_loop(mrr, count, done, rises_first):
    course = Course(Terms(mrr, count), rise=Decimal(5))
    loop = Loop(mrr, count)
    if rises_first:
        course, loop.risen = course.raised(RISES), set(RISES)

    for deed, what, said in done:
        if deed == "put" and course.turn_on(what) is None:
            course = course.put(what, kind="change", **said)
            loop.said[what] = said
        elif deed == "take back" and what < len(course.turns):
            day = course.turns[what].day
            course = course.without(day)
            loop.said.pop(day, None)
            loop.risen.discard(day)
    if not rises_first:
        loop.risen = {day for day in RISES if course.turn_on(day) is None}
        course = course.raised(RISES)

    days = [START + timedelta(n) for n in range(DAYS)]
    assert [(course.on(d).mrr, course.on(d).seats) for d in days] == loop.days()


def test_a_change_told_late_holds_until_the_next_of_the_same():
    course = Course(Terms(Decimal(100), 10))
    course = course.put(date(2024, 6, 1), kind="change", mrr=Decimal(120))

    late = course.put(date(2024, 3, 1), kind="change", mrr=Decimal(110), seats=15)

    assert [(turn.terms.mrr, turn.terms.seats) for turn in late.turns] == [
        (110, 15),
        (120, 15),
    ]
    assert late.without(date(2024, 3, 1)) == course


def test_a_rise_follows_the_price_it_rises_from():
    course = Course(Terms(Decimal(100)), rise=Decimal(5)).raised([date(2024, 1, 1)])

    late = course.put(date(2023, 6, 1), kind="change", mrr=Decimal(200))

    assert (course.latest.mrr, late.latest.mrr) == (105, 210)
    assert late.turns[-1].kind == UPLIFT


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 10, 31), 4, date(2024, 2, 29)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
    ],
)
def test_months_end_where_the_month_does(day, count, later):
    assert months_after(day, count) == later
    assert months_between(day, later) == count


def test_a_term_from_the_31st_does_not_wander():
    start, ends = date(2023, 1, 31), [date(2023, 2, 28)]
    for _ in range(3):
        ends.append(next_end(start, ends[-1], 1))

    assert ends[1:] == [date(2023, 3, 31), date(2023, 4, 30), date(2023, 5, 31)]


def test_an_end_of_no_whole_months_is_gone_on_from():
    assert next_end(date(2023, 1, 1), date(2023, 6, 15), 12) == date(2024, 6, 15)
