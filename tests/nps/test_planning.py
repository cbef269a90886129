"""Who is asked when, and why not, in plain values."""

import copy
from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.calendar import Calendar
from nps import foresight, planning
from nps.planning import Asked, Limits, Occasion, Person, Rules, SendingDays

MONDAY = date(2026, 5, 4)
ADA = Person(contact="ada", address="ada@customer.example", tier="high")
RULES = Rules(survey="s1", kind="nps", on_since=MONDAY, spread_days=1)
DAYS = SendingDays(Calendar(), Limits(budget_count=2, budget_days=100))


def after(**days):
    return MONDAY + timedelta(**days)


def case(rules=RULES, person=ADA, on=MONDAY, days=DAYS, **occasion):
    occasion = Occasion(
        occasion.get("key", "start:30"), occasion.get("reason", "start"), on
    )
    return planning.case_of(rules, person, occasion, days)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (0, 29, []),
        (30, 30, ["start:30"]),
        (31, 209, ["start:90"]),
        (210, 210, ["every:210"]),
        (211, 449, ["every:330"]),
    ],
)
def test_milestones_are_found_by_the_days_since_the_start(first, last, found):
    rules = replace(RULES, starts_after_days=(90, 30, 30), then_every_days=120)

    keys = [key for key, _r, _d in planning.milestones(rules, range(first, last + 1))]

    assert keys == found


def test_a_repetition_without_a_start_begins_after_its_first_stretch():
    rules = replace(RULES, then_every_days=50)

    assert [key for key, _r, _d in planning.milestones(rules, range(101))] == [
        "every:50",
        "every:100",
    ]


def test_those_of_one_day_are_spread_over_sending_days_always_the_same_way():
    rules = replace(RULES, spread_days=5)
    people = [replace(ADA, contact=f"p{n}") for n in range(500)]

    planned = [case(rules, person).planned_on for person in people]

    # Friday, the weekend left out, is the fifth of them.
    assert sorted(set(planned)) == [after(days=n) for n in range(5)]
    assert min(map(planned.count, set(planned))) > 70
    assert planned == [case(rules, person).planned_on for person in people]


@pytest.mark.parametrize(
    ("on", "reason", "planned_on"),
    [
        (date(2026, 5, 9), "start", date(2026, 5, 11)),  # a Saturday
        (date(2026, 7, 1), "start", date(2026, 9, 1)),  # dead months
        (date(2026, 7, 1), "ticket", date(2026, 7, 1)),  # support goes on
        (date(2026, 5, 6), "start", date(2026, 5, 7)),  # a holiday of their own
    ],
)
def test_mail_goes_out_on_working_days(on, reason, planned_on):
    calendar = Calendar(
        dead_months=frozenset({7, 8}), extra_holidays=frozenset({date(2026, 5, 6)})
    )

    found = case(on=on, reason=reason, days=SendingDays(calendar, Limits()))

    assert found.planned_on == planned_on


def test_weekends_and_dead_months_can_be_sent_in():
    calendar = Calendar(dead_months=frozenset({5}))
    limits = Limits(sends_on_weekends=True, sends_in_dead_months=True)

    found = case(on=date(2026, 5, 9), days=SendingDays(calendar, limits))

    assert found.planned_on == date(2026, 5, 9)


def test_where_nobody_ever_works_nobody_is_asked():
    days = SendingDays(Calendar(weekdays=frozenset()), Limits())

    assert case(days=days) is None


def test_a_ticket_is_asked_about_at_once_whatever_is_spread():
    rules = replace(RULES, spread_days=20)

    assert case(rules, reason="ticket", key="ticket:t1").planned_on == MONDAY


def test_before_a_decision_nobody_is_asked_on_its_day():
    occasion = Occasion("decision:a:d", "decision", MONDAY, ends_on=after(days=2))

    found = planning.case_of(RULES, ADA, occasion, DAYS)

    assert (found.planned_on, found.lapses_on) == (MONDAY, after(days=2))


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (ADA, ""),
        (replace(ADA, is_current=False), "gone"),
        (replace(ADA, address=""), "no_address"),
        (replace(ADA, is_opted_out=True), "opted_out"),
        (replace(ADA, roles=frozenset({"billing"})), "role"),
        (replace(ADA, tier="tech"), "tier"),
        (replace(ADA, use_days=2), "little_use"),
    ],
)
def test_the_first_thing_that_speaks_against_a_person_is_said(person, why):
    person = replace(person, use_days=person.use_days or 3)
    person = replace(person, roles=person.roles or frozenset({"champion", "user"}))
    rules = replace(
        RULES,
        roles=frozenset({"champion"}),
        tiers=frozenset({"high"}),
        minimum_use_days=3,
    )

    assert planning.against(case(rules, person), MONDAY, [], DAYS.limits) == why


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ([("nps", 59)], "wait_kind"),
        ([("nps", 60)], ""),
        ([("csat", 9)], "wait_any"),
        ([("csat", 10)], ""),
        ([("csat", 99), ("csat", 60)], "budget"),
        ([("csat", 100), ("csat", 60)], ""),
    ],
)
def test_nobody_is_asked_too_often(asked, why):
    rules = replace(RULES, wait_days=60, wait_any_days=10)
    history = [Asked(kind, after(days=-days)) for kind, days in asked]

    assert planning.against(case(rules), MONDAY, history, DAYS.limits) == why


def test_of_two_for_one_person_on_one_day_the_one_that_waits_longer_goes_first():
    late = case(on=after(days=-3))
    fresh = case(replace(RULES, survey="s0", kind="csat"))

    verdicts = planning.choose([fresh, late], MONDAY, {}, DAYS)

    assert verdicts == [(late, ""), (fresh, "wait_any")]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (after(days=-1), "later"),
        (after(days=0), ""),
        (after(days=5), "quiet_day"),
        (after(days=21), ""),
        (after(days=22), "lapsed"),
    ],
)
def test_an_occasion_lasts_from_its_planned_day_until_it_lapses(day, why):
    assert planning.choose([case()], day, {}, DAYS) == [(case(), why)]


def test_a_week_ahead_reckons_with_what_is_asked_in_it():
    first, second = case(), case(on=after(days=2), key="start:32")
    week = [after(days=n) for n in range(7)]

    told = foresight.foresee([first, second], week, {}, DAYS)

    assert [(one.case, one.on, one.why) for one in told] == [
        (first, MONDAY, ""),
        (second, None, "wait_kind"),
    ]


def test_what_spoke_against_somebody_until_it_was_too_late_is_why():
    rules = replace(RULES, lapses_after_days=2, wait_days=9)
    asked = {ADA.address: [Asked("nps", after(days=-1))]}
    week = [after(days=n) for n in range(7)]

    told = foresight.foresee([case(rules)], week, asked, DAYS)

    assert [(one.on, one.why) for one in told] == [(None, "wait_kind")]


def test_the_days_that_decide_are_those_planned_and_the_last_before_they_lapse():
    rules = replace(RULES, spread_days=2, lapses_after_days=5)
    people = [replace(ADA, contact=f"p{n}") for n in range(50)]
    cases = [case(rules, person) for person in people]

    # Monday and Tuesday; they lapse on Saturday, with Friday the last, and on Sunday.
    assert foresight.turns(cases, DAYS) == [after(days=n) for n in (0, 1, 4)]


@pytest.mark.parametrize("days_ago", [86, 87, 88])
def test_the_days_that_decide_tell_as_much_as_every_day(days_ago):
    people = [
        replace(ADA, contact=f"p{n}", address=f"p{n}@customer.example")
        for n in range(40)
    ]
    rules = replace(RULES, spread_days=4, lapses_after_days=9, wait_days=99)
    cases = [case(rules, person) for person in people]
    asked = {
        person.address: [Asked("nps", after(days=-days_ago - number % 5))]
        for number, person in enumerate(people)
    }
    every = [after(days=n) for n in range(30)]

    told = [
        {
            one.case.person.contact
            for one in foresight.foresee(cases, days, copy.deepcopy(asked), DAYS)
            if one.on
        }
        for days in (every, foresight.turns(cases, DAYS))
    ]

    assert told[0] == told[1]
    assert 0 < len(told[0]) < 40


def test_no_occasion_before_the_earliest_day_is_still_to_be_asked_about():
    rules = replace(RULES, spread_days=5, on_since=date(2020, 1, 1))
    calendar = Calendar(country="KZ", dead_months=frozenset({7, 8}))
    days = SendingDays(calendar, Limits())

    for on in (date(2026, 9, 15), date(2026, 8, 1), date(2026, 3, 2)):
        first = planning.earliest(rules, days, on)
        latest = days.nth(first - planning.DAY, 4, "start")
        assert latest + timedelta(days=21) < on
        assert days.nth(first, 4, "start") + timedelta(days=21) >= on
