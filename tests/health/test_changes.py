"""The parts of a change: that they add up, and that each is what it says."""

import random
from datetime import timedelta

import pytest

from health.scoring import Part, Side, Value, decompose, reading_of, score
from tests.health.histories import (
    FIRST,
    changed_card,
    next_day,
    random_card,
    random_day,
    random_history,
    side,
)

EACH = 1000


@pytest.mark.slow
@pytest.mark.parametrize("thousand", range(10))
def test_the_parts_add_up_to_the_change_to_the_point(thousand):
    for seed in range(EACH * thousand, EACH * (thousand + 1)):
        before, after = random_history(seed)

        parts = decompose(before, after)

        if before.shown is None or after.shown is None:
            assert parts == []
            continue
        moved = sum(round(100 * part.points) for part in parts)
        assert (seed, moved) == (seed, 100 * (after.shown - before.shown))
        rounding = [abs(part.points) for part in parts if part.kind == "rounding"]
        assert (seed, [r for r in rounding if r > 1]) == (seed, [])


@pytest.mark.slow
def test_the_random_histories_know_every_kind_of_change():
    kinds, missing = set(), set()
    for seed in range(EACH):
        before, after = random_history(seed)
        kinds |= {part.kind for part in decompose(before, after)}
        missing |= {one["missing"] for one in before.definition["measures"]}

    assert sorted(kinds) == [
        "behaviour",
        "cap",
        "clip",
        "configuration",
        "data",
        "decay",
        "override",
        "rounding",
    ]
    assert sorted(missing) == ["leave_out", "neutral", "zero"]


def kinds_of(parts):
    return {part.kind for part in parts} - {"clip", "cap", "rounding"}


@pytest.mark.slow
def test_another_card_and_the_same_facts_is_configuration_alone():
    for seed in range(EACH):
        dice = random.Random(seed)
        card = random_card(dice)
        later = changed_card(dice, card)
        day = random_day(dice, [card, later], FIRST, 100)._replace(override=None)

        parts = decompose(side(card, day), side(later, day))

        assert (seed, kinds_of(parts) - {"configuration"}) == (seed, set())


@pytest.mark.slow
def test_the_same_card_and_age_never_is_configuration():
    for seed in range(EACH):
        dice = random.Random(seed)
        card = random_card(dice)
        day = random_day(dice, [card], FIRST, None)
        later = next_day(dice, day, 30)

        parts = decompose(side(card, day), side(card, later))

        assert (seed, "configuration" in kinds_of(parts)) == (seed, False)


@pytest.mark.slow
def test_without_a_new_fact_only_time_takes_points():
    for seed in range(EACH):
        dice = random.Random(seed)
        card = random_card(dice)
        day = random_day(dice, [card], FIRST, None)._replace(override=None)
        later = day._replace(at=day.at + timedelta(days=40))

        parts = decompose(side(card, day), side(card, later))

        assert (seed, kinds_of(parts) - {"decay"}) == (seed, set())


# Worked by hand.

NOW = FIRST + timedelta(days=30)


def measure(key, points, *, missing="zero", **more):
    """A measure that gives all its points from 10 on, in proportion below."""
    shape = {"kind": "scale", "worst": 0, "best": 10}
    return {
        "key": key,
        "group": "all",
        "signal": key,
        "weight": points,
        "missing": missing,
        "shape": shape,
        **more,
    }


def card(*measures, method="points", caps=()):
    return {
        "method": method,
        "bands": {"green": 80, "amber": 50},
        "groups": [{"key": "all", "label": "", "weight": 100}],
        "measures": list(measures),
        "caps": list(caps),
        "coverage_floor": 0,
    }


def stood(definition, *, at=NOW, override=None, age_days=None, **found):
    """How an account stood whose signals said `found`; a number or a Value."""
    values = {
        reading_of(one): _value(found.get(one["signal"]), at)
        for one in (*definition["measures"], *definition["caps"])
    }
    result = score(definition, values, at=at, age_days=age_days)
    return Side(
        definition,
        result.measures,
        result.limits,
        result.score,
        at,
        override=override,
        age_days=age_days,
    )


def _value(found, at):
    if found is None or isinstance(found, Value):
        return found
    return Value(found, as_of=at)


def test_one_measure_moved():
    three = card(measure("use", 50), measure("calls", 30), measure("nps", 20))

    parts = decompose(
        stood(three, at=FIRST, use=10, calls=10, nps=5),
        stood(three, use=4, calls=10, nps=5),
    )

    assert parts == [Part("behaviour", "use", -30)]


def test_two_measures_moved_against_each_other_the_larger_comes_first():
    two = card(measure("use", 50), measure("calls", 50))

    parts = decompose(stood(two, use=10, calls=0), stood(two, use=7, calls=1))

    assert parts == [Part("behaviour", "use", -15), Part("behaviour", "calls", 5)]


def test_nothing_moved():
    one = card(measure("use", 50))

    assert decompose(stood(one, at=FIRST, use=3), stood(one, use=3)) == []


def test_the_weights_were_changed():
    before = card(measure("use", 50), measure("calls", 50), method="weighted")
    after = card(measure("use", 75), measure("calls", 25), method="weighted")

    parts = decompose(stood(before, use=10, calls=0), stood(after, use=10, calls=0))

    assert parts == [Part("configuration", "card", 25)]


def test_a_card_of_another_method_is_configuration_and_then_behaviour():
    before = card(measure("use", 40), measure("calls", 40))
    after = card(measure("use", 60), measure("calls", 40), method="weighted")

    parts = decompose(stood(before, use=5, calls=10), stood(after, use=10, calls=10))

    # 20 + 40 = 60; judged by the new card 30 + 40 = 70; then use gives its other 30.
    assert parts == [
        Part("behaviour", "use", 30),
        Part("configuration", "card", 10),
    ]


def test_a_measure_that_the_card_gained_is_configuration():
    before = card(measure("use", 50))
    after = card(measure("use", 50), measure("calls", 20))

    parts = decompose(stood(before, use=10), stood(after, use=9, calls=10))

    assert parts == [
        Part("configuration", "card", 20),
        Part("behaviour", "use", -5),
    ]


def test_a_measure_that_the_card_lost_is_configuration():
    before = card(measure("use", 50), measure("calls", 20))
    after = card(measure("use", 50))

    parts = decompose(stood(before, use=10, calls=10), stood(after, use=10))

    assert parts == [Part("configuration", "card", -20)]


def test_data_that_went_missing_is_left_out_and_the_rest_weighs_more():
    three = card(
        measure("use", 50, missing="leave_out"),
        measure("calls", 30, missing="leave_out"),
        measure("nps", 20, missing="leave_out"),
        method="weighted",
    )

    parts = decompose(
        stood(three, use=10, calls=5, nps=0), stood(three, use=9, calls=5)
    )

    # 50 + 15 + 0 = 65. Without nps: 62.5 + 18.75 = 81.25. Use then gives 6.25 less.
    assert parts == [
        Part("data", "nps", 16.25),
        Part("behaviour", "use", -6.25),
    ]


@pytest.mark.parametrize(("missing", "lost"), [("zero", -40), ("neutral", -20)])
def test_data_that_went_missing_counts_as_its_measure_says(missing, lost):
    two = card(measure("use", 60), measure("nps", 40, missing=missing))

    parts = decompose(stood(two, use=10, nps=10), stood(two, use=10))

    assert parts == [Part("data", "nps", lost)]


def test_data_that_returned():
    two = card(measure("use", 60), measure("nps", 40))

    parts = decompose(stood(two, use=10), stood(two, use=10, nps=2))

    assert parts == [Part("data", "nps", 8)]


def test_too_few_observations_are_missing_data():
    two = card(measure("use", 60), measure("nps", 40, minimum=3))

    parts = decompose(
        stood(two, use=10, nps=Value(10, n=3)), stood(two, use=10, nps=Value(10, n=2))
    )

    assert parts == [Part("data", "nps", -40)]


def test_a_fact_that_grew_old_is_decay():
    two = card(measure("use", 60), measure("nps", 40, half_life=30))
    answer = Value(10, as_of=FIRST)

    parts = decompose(
        stood(two, at=FIRST, use=10, nps=answer), stood(two, use=10, nps=answer)
    )

    assert parts == [Part("decay", "nps", -20)]


def test_a_bad_fact_that_grew_old_fades_towards_neutral():
    two = card(measure("use", 60), measure("nps", 40, half_life=30, missing="neutral"))
    answer = Value(0, as_of=FIRST)

    parts = decompose(
        stood(two, at=FIRST, use=10, nps=answer), stood(two, use=10, nps=answer)
    )

    assert parts == [Part("decay", "nps", 10)]


def test_a_new_fact_in_place_of_an_old_one_is_behaviour():
    one = card(measure("nps", 100, half_life=30))

    parts = decompose(
        stood(one, nps=Value(10, as_of=FIRST)), stood(one, nps=Value(10, as_of=NOW))
    )

    assert parts == [Part("behaviour", "nps", 50)]


UNPAID = {
    "key": "unpaid",
    "label": "Unpaid over 30 days",
    "signal": "overdue",
    "over": 30,
    "at_most": 40,
}


def test_a_cap_begins_to_bind():
    one = card(measure("use", 90), caps=[UNPAID])

    parts = decompose(stood(one, use=10, overdue=30), stood(one, use=9, overdue=31))

    # 90 to 81 by use, and from there to 40 by the cap.
    assert parts == [Part("cap", "unpaid", -41), Part("behaviour", "use", -9)]


def test_a_cap_that_another_one_replaces_is_told_with_it():
    silent = UNPAID | {"key": "silent", "signal": "silence", "at_most": 20}
    one = card(measure("use", 90), caps=[UNPAID, silent])

    parts = decompose(
        stood(one, use=10, overdue=31, silence=0),
        stood(one, use=10, overdue=0, silence=31),
    )

    assert parts == [Part("cap", "silent", -70), Part("cap", "unpaid", 50)]


def test_a_cap_that_the_card_gained_is_configuration():
    before = card(measure("use", 90))
    after = card(measure("use", 90), caps=[UNPAID])

    parts = decompose(stood(before, use=10), stood(after, use=10, overdue=31))

    assert parts == [Part("configuration", "card", -50)]


def test_what_100_cut_off_is_told():
    two = card(measure("use", 80), measure("calls", 40))

    parts = decompose(stood(two, use=10, calls=0), stood(two, use=10, calls=10))

    assert parts == [Part("behaviour", "calls", 40), Part("clip", "", -20)]


def test_an_account_of_a_greater_age_is_asked_for_more():
    more = {"kind": "scale", "worst": 0, "best": 20}
    one = card(measure("use", 80, ages=[{"after_days": 90, "shape": more}]))

    parts = decompose(
        stood(one, at=FIRST, age_days=80, use=10), stood(one, age_days=110, use=12)
    )

    # All 80 of 10 in the first months, half of it after; 2 more give 8.
    assert parts == [
        Part("configuration", "age", -40),
        Part("behaviour", "use", 8),
    ]


def test_an_account_that_grew_older_within_the_same_terms_lost_nothing_by_it():
    more = {"kind": "scale", "worst": 0, "best": 20}
    one = card(measure("use", 80, ages=[{"after_days": 90, "shape": more}]))

    parts = decompose(
        stood(one, at=FIRST, age_days=100, use=10), stood(one, age_days=130, use=5)
    )

    assert parts == [Part("behaviour", "use", -20)]


def test_a_person_judges_otherwise_and_takes_it_back():
    one = card(measure("use", 80))
    by_facts, by_person = stood(one, use=10), stood(one, use=5, override=90)

    assert decompose(by_facts, by_person) == [
        Part("override", "", 50),
        Part("behaviour", "use", -40),
    ]
    assert decompose(by_person, by_facts) == [
        Part("override", "", -50),
        Part("behaviour", "use", 40),
    ]


def test_while_a_person_judges_the_facts_move_beneath():
    one = card(measure("use", 80))

    parts = decompose(stood(one, use=10, override=60), stood(one, use=5, override=60))

    assert parts == [Part("behaviour", "use", -40), Part("override", "", 40)]


def test_a_judgement_where_nothing_could_be_computed():
    one = card(measure("use", 80))

    assert decompose(stood(one, override=60), stood(one, use=10)) == [
        Part("override", "", 20)
    ]
    assert decompose(stood(one), stood(one, use=10)) == []


def test_halves_are_rounded_and_the_rounding_is_told():
    one = card(measure("use", 25))

    parts = decompose(stood(one, use=10), stood(one, use=9))

    # 25 to 22.5, shown as 23.
    assert parts == [Part("behaviour", "use", -2.5), Part("rounding", "", 0.5)]


def test_a_ticket_that_is_open_for_too_long_now_is_behaviour():
    steps = [
        {"to": 0, "points": 15},
        {"older_than_days": 7, "points": -20},
        {"points": 0},
    ]
    one = card(
        measure("use", 60),
        measure("tickets", 15, shape={"kind": "bands", "steps": steps}),
    )
    week, eight_days = timedelta(days=7), timedelta(days=8)

    parts = decompose(
        stood(one, use=10, tickets=Value(1, age=week)),
        stood(one, use=10, tickets=Value(1, age=eight_days)),
    )

    assert parts == [Part("behaviour", "tickets", -20)]


def test_a_value_just_over_a_border_is_judged_later_as_it_was():
    steps = [{"over": 0.5, "points": 20}, {"points": 0}]
    before = card(
        measure("use", 60),
        measure("seats", 20, shape={"kind": "bands", "steps": steps}),
    )
    after = card(
        measure("use", 60),
        measure("seats", 20, label="Seats", shape={"kind": "bands", "steps": steps}),
    )
    share = 10_001 / 20_001

    parts = decompose(
        stood(before, use=10, seats=share), stood(after, use=10, seats=share)
    )

    assert parts == []
