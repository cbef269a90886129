"""Each number against hand-worked figures, and against another way to reckon it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps import numbers
from nps.numbers import Answer

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def answers(*scores, **more):
    return [Answer(score, AT, who=n, **more) for n, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("score", "kind"),
    [
        (0, "detractor"),
        (6, "detractor"),
        (7, "passive"),
        (8, "passive"),
        (9, "promoter"),
        (10, "promoter"),
    ],
)
def test_the_borders_between_the_kinds(score, kind):
    assert numbers.kind_of(score) == kind


def test_nps_of_ten_answers_worked_by_hand():
    # 5 promoters, 3 passives, 2 detractors: 100 x (0.5 - 0.2) = 30.
    # Variance (0.5 + 0.2 - 0.3^2) / 10 = 0.061, its root 0.246982, x 1.959964 = 0.484075.
    found = numbers.nps(answers(10, 10, 9, 9, 9, 8, 7, 7, 6, 0))

    assert (found.n, found.promoters, found.passives, found.detractors) == (10, 5, 3, 2)
    assert found.value == pytest.approx(30)
    assert found.low == pytest.approx(-18.4075, abs=0.001)
    assert found.high == pytest.approx(78.4075, abs=0.001)


def test_an_interval_ends_where_the_scale_ends():
    found = numbers.nps(answers(10, 10, 10, 10, 10, 0))

    assert (round(found.value, 2), round(found.low, 2), found.high) == (
        66.67,
        7.03,
        100.0,
    )


def test_nothing_is_empty_and_one_answer_has_no_interval():
    none, one = numbers.nps([]), numbers.nps(answers(9))

    assert (none.n, none.value, none.low, none.high) == (0, None, None, None)
    assert (one.n, one.value, one.low, one.high) == (1, 100, None, None)


@pytest.mark.parametrize(("n", "is_few"), [(29, True), (30, False)])
def test_under_thirty_answers_are_marked(n, is_few):
    assert numbers.nps(answers(*[9] * n)).is_few is is_few
    assert numbers.csat([5] * n).is_few is is_few


def test_one_person_answering_twice_counts_once_with_the_latest():
    first = Answer(2, AT, who="ada", id="1")
    second = Answer(9, AT + timedelta(days=1), who="ada", id="2")
    bob = Answer(7, AT, who="bob", id="3")

    kept = numbers.latest([second, first, bob])

    assert kept == [second, bob]
    assert numbers.nps(kept).value == 50


def test_of_two_answers_at_one_instant_the_later_written_counts():
    rows = [Answer(2, AT, who="ada", id="a"), Answer(9, AT, who="ada", id="b")]

    assert numbers.latest(rows) == numbers.latest(rows[::-1]) == [rows[1]]


def test_unknown_people_are_never_taken_for_one():
    rows = [Answer(2, AT), Answer(9, AT), Answer(10, AT)]

    assert numbers.latest(rows) == rows


@given(st.lists(st.integers(0, 10), min_size=2, max_size=200))
def test_nps_is_the_mean_of_plus_and_minus_ones(scores):
    signs = [1 if s > 8 else -1 if s < 7 else 0 for s in scores]
    half = 195.9964 * pstdev(signs) / len(signs) ** 0.5

    found = numbers.nps(answers(*scores))

    assert found.value == pytest.approx(100 * fmean(signs), abs=1e-9)
    assert found.low == pytest.approx(max(100 * fmean(signs) - half, -100), abs=1e-4)
    assert found.high == pytest.approx(min(100 * fmean(signs) + half, 100), abs=1e-4)
    tallied = numbers.tally(Counter(scores))
    assert vars(tallied) == pytest.approx(vars(found), abs=1e-9)


def test_weighted_by_money_an_account_counts_once_however_many_answer():
    big = [Answer(10, AT, who=n, account="big") for n in range(4)]
    small = Answer(0, AT, who="x", account="small")
    free = Answer(0, AT, who="y", account="free")
    mrr = {"big": Decimal(300), "small": Decimal(100), "free": Decimal(0)}

    found = numbers.nps(numbers.weighted_by_money([*big, small, free], mrr))

    # (300 - 100) / 400; weights 75 x 4 and 100: n = 400^2 / (4 x 75^2 + 100^2) = 4.923.
    # Variance (1 - 0.25) / 4.923 = 0.152344, root 0.390313, x 195.9964 = 76.500.
    assert (found.n, found.value) == (5, pytest.approx(50))
    assert found.low == pytest.approx(50 - 76.500, abs=0.001)
    assert found.high == 100


def test_weighted_by_role_the_heaviest_role_counts():
    rows = [
        Answer(10, AT, who=1, roles=("user", "decision_maker")),
        Answer(0, AT, who=2, roles=("champion",)),
        Answer(0, AT, who=3, roles=("user",)),
        Answer(8, AT, who=4),
    ]

    found = numbers.nps(numbers.weighted_by_role(rows))

    # Promoters 3, detractors 2 + 1, all 7.
    assert (found.n, found.value) == (4, pytest.approx(0))


@given(
    st.lists(st.tuples(st.integers(0, 10), st.integers(1, 9)), min_size=2, max_size=40)
)
def test_a_whole_weight_moves_the_value_as_that_many_answers_do(pairs):
    weighted = [
        Answer(s, AT, who=n, weight=Decimal(w)) for n, (s, w) in enumerate(pairs)
    ]
    repeated = answers(*[score for score, weight in pairs for _ in range(weight)])

    one, other = numbers.nps(weighted), numbers.nps(repeated)

    assert one.value == pytest.approx(other.value, abs=1e-9)
    # But it does not make it as sure as that many people.
    assert one.high - one.low >= other.high - other.low - 1e-9


def test_csat_is_the_share_of_the_two_best():
    found = numbers.csat([5, 4, 3, 1])

    assert (found.n, found.satisfied, found.value) == (4, 2, 0.5)
    assert numbers.csat([]).value is None


def test_who_has_two_roles_counts_in_both_groups():
    rows = [
        Answer(10, AT, who=1, roles=("user", "champion")),
        Answer(0, AT, who=2, roles=("user",)),
    ]

    found = numbers.grouped(rows, lambda answer: answer.roles)

    assert {key: (row.n, row.value) for key, row in found.items()} == {
        "user": (2, 0),
        "champion": (1, 100),
    }
