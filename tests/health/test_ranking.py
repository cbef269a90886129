"""The arithmetic of ranking against counting every pair, and against resampling."""

import random

import pytest

from health.learning.ranking import area, gain, interval


def crowd(accounts, days, *, seed, noise):
    """Accounts with a lasting inclination, seen on many days: rows are not independent."""
    dice = random.Random(seed)
    rows = []
    for account in range(accounts):
        nature = dice.gauss(0, 1)
        for _ in range(dice.randint(1, days)):
            outcome = nature + dice.gauss(0, 1) > 0.5
            rows.append((outcome, round(nature + dice.gauss(0, noise), 1), account))
    return rows


def pairs(rows):
    """The AUC by its definition: every pair, one by one."""
    won = count = 0.0
    for gone, high, _ in rows:
        for stayed, low, _ in rows:
            if gone and not stayed:
                count += 1
                won += 1 if high > low else 0.5 if high == low else 0
    return won / count


def area_of(rows):
    outcomes, risks, clusters = zip(*rows, strict=True)
    return area(outcomes, risks, clusters)


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_what_counting_every_pair_gives(seed):
    rows = crowd(30, 5, seed=seed, noise=1)

    assert area_of(rows).value == pytest.approx(pairs(rows), abs=1e-12)


def test_auc_by_hand():
    rows = [(True, 3, "a"), (True, 1, "b"), (False, 1, "c"), (False, 0, "d")]

    # 3 > 1, 3 > 0, 1 = 1, 1 > 0: three and a half of four.
    assert area_of(rows).value == 3.5 / 4


def test_nothing_to_put_in_order_is_no_auc():
    assert area_of([(True, 1, "a"), (True, 2, "b")]) is None


def test_with_one_row_each_the_variance_is_delongs():
    rows = [
        (gone, risk, number)
        for number, (gone, risk, _) in enumerate(crowd(40, 1, seed=3, noise=1))
    ]
    gone = [risk for is_gone, risk, _ in rows if is_gone]
    here = [risk for is_gone, risk, _ in rows if not is_gone]

    def wins(high, low):
        return 1 if high > low else 0.5 if high == low else 0

    auc = pairs(rows)
    v10 = [sum(wins(x, y) for y in here) / len(here) for x in gone]
    v01 = [sum(wins(x, y) for x in gone) / len(gone) for y in here]
    variance = sum((v - auc) ** 2 for v in v10) / (len(gone) - 1) / len(gone)
    variance += sum((v - auc) ** 2 for v in v01) / (len(here) - 1) / len(here)

    found = interval(area_of(rows))

    assert found.high - found.value == pytest.approx(
        1.959964 * variance**0.5, abs=1e-12
    )


@pytest.mark.slow
def test_the_interval_of_clusters_is_that_of_drawing_accounts_again():
    rows = crowd(150, 8, seed=1, noise=1)
    dice = random.Random(7)
    worse = [(gone, risk + dice.gauss(0, 1), account) for gone, risk, account in rows]
    aucs, gains = [], []
    of_account = {}
    for one, two in zip(rows, worse, strict=True):
        of_account.setdefault(one[2], []).append((one, two))
    for _ in range(400):
        drawn = [
            pair
            for pk in dice.choices(list(of_account), k=150)
            for pair in of_account[pk]
        ]
        auc, auc_worse = (area_of([pair[n] for pair in drawn]).value for n in (0, 1))
        aucs.append(auc)
        gains.append(auc - auc_worse)

    found, better = interval(area_of(rows)), gain(area_of(rows), area_of(worse))

    for told, drawn in ((found, aucs), (better, gains)):
        low, high = sorted(drawn)[10], sorted(drawn)[-11]
        assert told.low == pytest.approx(low, abs=0.2 * (high - low))
        assert told.high == pytest.approx(high, abs=0.2 * (high - low))


def test_seeing_every_account_again_proves_nothing_more():
    rows = crowd(40, 5, seed=2, noise=1)

    once, often = interval(area_of(rows)), interval(area_of(rows * 4))

    assert often.value == pytest.approx(once.value, abs=1e-12)
    assert often.high == pytest.approx(once.high, abs=1e-12)


def test_a_number_gains_nothing_over_itself():
    rows = crowd(30, 3, seed=4, noise=1)

    found = gain(area_of(rows), area_of(rows))

    assert (found.value, found.low, found.high) == (0, 0, 0)
