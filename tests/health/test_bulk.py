import random
from datetime import timedelta

import pytest

from health.scoring import Bulk, Card, score
from tests.health.histories import FIRST, random_card, random_day


@pytest.mark.parametrize("seed", range(60))
def test_many_accounts_get_what_each_alone_would_get(seed):
    dice = random.Random(seed)
    definition = random_card(dice)
    card = Card(definition)
    ages = [None, 0, 29, 30, 89, 180, 400]
    days = [random_day(dice, [definition], FIRST, dice.choice(ages)) for _ in range(30)]
    # Values are shared: that is what the bulk is for.
    readings = sorted(card.all_readings, key=str)
    shared = {one: [day.values[one] for day in days[:4]] for one in readings}
    bulk = Bulk(card, FIRST + timedelta(hours=1))

    for day in days:
        values = {one: dice.choice(shared[one]) for one in readings}
        together = bulk.score(
            [values[one] for one in card.readings],
            [values[one] for one in card.cap_readings],
            day.age_days,
        )
        alone = score(
            card, values, at=FIRST + timedelta(hours=1), age_days=day.age_days
        )
        assert together == alone
