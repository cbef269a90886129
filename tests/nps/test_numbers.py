"""Each number against hand-worked figures, and against another way to reckon it."""

from collections import Counter
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps import numbers


def nps(*scores):
    return numbers.tally(Counter(scores))


def weighed(pairs):
    """Of scores, each with what it weighs."""
    counts, weights = Counter(), Counter()
    for score, weight in pairs:
        counts[numbers.kind_of(score)] += 1
        weights[numbers.kind_of(score)] += weight
    return numbers.weighed(counts, weights, sum(weight**2 for _score, weight in pairs))


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
    found = nps(10, 10, 9, 9, 9, 8, 7, 7, 6, 0)

    assert (found.n, found.promoters, found.passives, found.detractors) == (10, 5, 3, 2)
    assert found.value == pytest.approx(30)
    assert found.low == pytest.approx(-18.4075, abs=0.001)
    assert found.high == pytest.approx(78.4075, abs=0.001)


def test_an_interval_ends_where_the_scale_ends():
    found = nps(10, 10, 10, 10, 10, 0)

    assert (round(found.value, 2), round(found.low, 2), found.high) == (
        66.67,
        7.03,
        100.0,
    )


def test_nothing_is_empty_and_one_answer_has_no_interval():
    none, one = nps(), nps(9)

    assert (none.n, none.value, none.low, none.high) == (0, None, None, None)
    assert (one.n, one.value, one.low, one.high) == (1, 100, None, None)


@pytest.mark.parametrize(("n", "is_few"), [(29, True), (30, False)])
def test_under_thirty_answers_are_marked(n, is_few):
    assert nps(*[9] * n).is_few is is_few
    assert numbers.csat([5] * n).is_few is is_few


@given(st.lists(st.integers(0, 10), min_size=2, max_size=200))
def test_nps_is_the_mean_of_plus_and_minus_ones(scores):
    signs = [1 if s > 8 else -1 if s < 7 else 0 for s in scores]
    half = 195.9964 * pstdev(signs) / len(signs) ** 0.5

    found = nps(*scores)

    assert found.value == pytest.approx(100 * fmean(signs), abs=1e-9)
    assert found.low == pytest.approx(max(100 * fmean(signs) - half, -100), abs=1e-4)
    assert found.high == pytest.approx(min(100 * fmean(signs) + half, 100), abs=1e-4)


def test_an_interval_knows_how_unlike_the_weights_are():
    # Weights 75 x 4 and 100: (300 - 100) / 400, n = 400^2 / (4 x 75^2 + 100^2) = 4.923.
    # Variance (1 - 0.25) / 4.923 = 0.152344, root 0.390313, x 195.9964 = 76.500.
    found = weighed([(10, 75)] * 4 + [(0, 100)])

    assert (found.n, found.value) == (5, pytest.approx(50))
    assert found.low == pytest.approx(50 - 76.500, abs=0.001)
    assert found.high == 100


@given(
    st.lists(st.tuples(st.integers(0, 10), st.integers(1, 9)), min_size=2, max_size=40)
)
def test_a_whole_weight_moves_the_value_as_that_many_answers_do(pairs):
    one = weighed(pairs)
    other = nps(*[score for score, weight in pairs for _ in range(weight)])

    assert one.value == pytest.approx(other.value, abs=1e-9)
    # But it does not make it as sure as that many people.
    assert one.high - one.low >= other.high - other.low - 1e-9


def test_csat_is_the_share_of_the_two_best():
    found = numbers.csat([5, 4, 3, 1])

    assert (found.n, found.satisfied, found.value) == (4, 2, 0.5)
    assert numbers.csat([]).value is None
