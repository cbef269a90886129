"""The arithmetic of a forecast, against tables worked by hand."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renewals.forecasting.deals import Call, placed_on, said
from renewals.forecasting.figures import (
    disagrees,
    figure,
    grouped,
    lines,
    outlook,
    stake,
)
from renewals.forecasting.moves import moves
from renewals.forecasting.odds import SHIPPED, odds
from renewals.forecasting.quarter import Quarter, monday_of, parse, quarter_of
from tests.renewals.forecasts import call, deal

Q4 = Quarter(2026, 4)


@pytest.mark.parametrize(
    ("history", "probability", "told"),
    [
        # Nothing of one's own: the shipped share.
        ({}, "0.9500", (0, 0)),
        # (10 × 0.95 + 41) / (10 + 46) = 50.5 / 56
        ({"negotiation": {"green": [41, 46]}}, "0.9018", (41, 46)),
        # (9.5 + 0) / 20: ten losses weigh as much as what was shipped.
        ({"negotiation": {"green": [0, 10]}}, "0.4750", (0, 10)),
        # (9.5 + 1) / 11
        ({"negotiation": {"green": [1, 1]}}, "0.9545", (1, 1)),
        # Of another stage or colour: says nothing of this one.
        ({"approval": {"green": [0, 99]}}, "0.9500", (0, 0)),
        ({"negotiation": {"red": [0, 99]}}, "0.9500", (0, 0)),
    ],
)
def test_odds_are_the_tenants_own_history_shrunk_to_what_was_shipped(
    history, probability, told
):
    found = odds("negotiation", "green", history)

    assert found.probability == D(probability)
    assert (found.renewed, found.of, found.shipped) == (*told, D("0.95"))


@pytest.mark.parametrize(
    ("history", "probability", "told"),
    [
        # Nothing of one's own: one of ten takes the notice back.
        ({}, "0.1000", (0, 0, True)),
        # (10 × 0.1 + 3) / (10 + 6) = 4 / 16, whatever became of green deals.
        (
            {"notice": {"given": [3, 6]}, "negotiation": {"green": [41, 46]}},
            "0.2500",
            (3, 6, True),
        ),
        # Green deals in negotiation fared worse still, (9.5 + 0) / 110: a notice does
        # not make one of them more likely.
        ({"negotiation": {"green": [0, 100]}}, "0.0864", (0, 100, False)),
    ],
)
def test_odds_of_a_deal_whose_notice_is_given(history, probability, told):
    found = odds("negotiation", "green", history, is_noticed=True)

    assert found.probability == D(probability)
    assert (found.renewed, found.of, found.is_noticed) == told


def test_what_is_shipped_never_rises_with_worse_health_or_falls_with_the_stage():
    stages = list(SHIPPED)
    for stage in stages:
        row = SHIPPED[stage]
        assert row["green"] > row["amber"] > row["red"]
    for earlier, later in zip(stages, stages[1:], strict=False):
        if earlier == "upcoming":  # Nobody has looked yet: what is red may be nothing.
            continue
        assert all(SHIPPED[later][b] >= SHIPPED[earlier][b] for b in SHIPPED[later])


def test_an_overdue_deal_counts_on_the_day_of_the_forecast():
    monday = date(2026, 11, 23)

    assert placed_on(date(2026, 12, 1), decided_on=None, on=monday) == date(2026, 12, 1)
    assert placed_on(date(2026, 9, 30), decided_on=None, on=monday) == monday
    # Decided late: then; decided early: still on the day it was planned for.
    late = placed_on(date(2026, 9, 30), decided_on=date(2026, 10, 2), on=monday)
    early = placed_on(date(2026, 12, 1), decided_on=date(2026, 9, 2), on=monday)
    assert (late, early) == (date(2026, 10, 2), date(2026, 12, 1))


# A quarter of four deals, in dollars: 1,000 at 0.8, called certain by the CSM and
# possible by the lead; 2,000 euro at 1.5 and 0.5, called likely at 1,000 euro by the CSM;
# 500 that nobody called at 0.9; 400 renewed at 600.
TABLE = [
    deal(1, csm=call("commit"), lead=call("possible")),
    deal(
        2,
        amount=D(2000),
        currency="EUR",
        rate=D("1.5"),
        probability=D("0.5"),
        csm=call("likely", 1000),
    ),
    deal(3, amount=D(500), probability=D("0.9")),
    deal(4, amount=D(400), result="renewed", result_amount=D(600), probability=D(1)),
]


def test_the_automatic_forecast_of_a_quarter_by_hand():
    # likely: 800 + 1,500 + 450 + 600 = 3,350
    # variance: 0.16 × 1,000² + 0.25 × 3,000² + 0.09 × 500² = 2,432,500, deviation
    # 1,559.647...; × 1.2816 = 1,998.84
    # best: 5,348.84, but no more than 600 + 1,000 + 3,000 + 500 = 5,100
    found = figure(TABLE, "auto")

    assert (found.worst, found.likely, found.best) == (D("1351.16"), D(3350), D(5100))


def test_the_worst_case_keeps_what_is_won():
    rows = [TABLE[3], deal(5, amount=D(100), probability=D("0.1"))]

    # likely 610, deviation 30, swing 38.45: 571.55 would take from the 600 won.
    assert figure(rows, "auto").worst == D(600)


def test_the_range_is_shared_out_by_how_uncertain_each_deal_is():
    # variances 160,000, 2,250,000, 22,500 of 2,432,500; below likely 1,998.84, above
    # likely 1,750 (no more than all there is); the one that is renewed has no share.
    # A share is rounded with those before it: 115.11, 1,733.81 − 115.11, 1,750 − 1,733.81.
    found = {
        case: {deal.renewal_id.int: gives for deal, gives in lines(TABLE, "auto", case)}
        for case in ("worst", "best")
    }

    assert found == {
        "worst": {1: D("668.52"), 2: D("-348.87"), 3: D("431.51"), 4: D(600)},
        "best": {1: D("915.11"), 2: D("3118.70"), 3: D("466.19"), 4: D(600)},
    }


def test_the_calls_of_a_quarter_by_hand():
    csm, lead = figure(TABLE, "csm"), figure(TABLE, "lead")

    assert (csm.worst, csm.likely, csm.best) == (D(1600), D(3100), D(3100))
    assert (csm.uncalled, csm.uncalled_value) == (1, D(500))
    assert (lead.worst, lead.likely, lead.best) == (D(600), D(600), D(1600))
    assert (lead.uncalled, lead.uncalled_value) == (2, D(3500))


def test_an_outlook_parts_what_is_decided_from_what_is_open():
    lost = deal(5, result="lost", amount=D(300))
    unpriced = deal(6, currency="XAU", rate=None)

    found = outlook([*TABLE, lost, unpriced])

    assert (found.count, found.value) == (6, D(5200))
    assert (found.open, found.open_value) == (4, D(4500))
    assert (found.won, found.lost) == (D(600), D(300))
    assert found.unpriced == {"XAU": 1}


def test_groups_add_up_to_the_whole():
    rows = [deal(1, owner_id=1), deal(2, owner_id=2), deal(3, owner_id=1)]

    found = grouped(rows, "owner_id")

    assert {key: one.value for key, one in found.items()} == {1: D(2000), 2: D(1000)}


@pytest.mark.parametrize(
    ("fields", "is_told", "apart"),
    [
        ({}, False, 0),
        ({"csm": call("commit")}, False, 200),
        ({"csm": call("out")}, True, 800),
        ({"csm": call("possible")}, True, 800),
        ({"csm": call("commit"), "probability": D("0.49")}, True, 510),
        ({"csm": call("commit"), "probability": D("0.5")}, False, 500),
        ({"csm": call("commit"), "lead": call("out")}, True, 1000),
        ({"csm": call("commit"), "lead": call("likely", 900)}, False, 200),
        ({"csm": call("commit"), "lead": call("likely", 899)}, True, 200),
        ({"csm": call("out"), "result": "renewed"}, False, 0),
    ],
)
def test_disagreement_is_listed_with_what_lies_between(fields, is_told, apart):
    found = deal(**fields)

    assert (disagrees(found), stake(found)) == (is_told, D(apart))


# What moved, by hand. History: 0.8 for negotiation in green would be (9.5 + n) / ...;
# the walk goes by the shipped shares: negotiation green 0.95, amber 0.85, approval green
# 0.98, approval amber 0.93.
SOLID = {"probability": D("0.95")}
MOVES = [
    ({"rate": D(2)}, {"currency": D(950)}),
    ({"amount": D(1200)}, {"amount": D(190)}),
    ({"stage": "approval", "probability": D("0.98")}, {"stage": D(30)}),
    ({"band": "amber", "probability": D("0.85")}, {"health": D(-100)}),
    (
        {"stage": "approval", "band": "amber", "probability": D("0.93")},
        {"stage": D(30), "health": D(-50)},
    ),
    (
        {"stage": "approval", "band": "amber", "probability": D("0.9")},
        {"stage": D(30), "health": D(-50), "history": D(-30)},
    ),
    ({"probability": D("0.9")}, {"history": D(-50)}),
    ({"is_noticed": True, "probability": D("0.1")}, {"notice": D(-850)}),
    (
        {"is_noticed": True, "band": "amber", "probability": D("0.1")},
        {"health": D(-100), "notice": D(-750)},
    ),
    ({"result": "renewed", "result_amount": D(1100)}, {"renewed": D(150)}),
    ({"result": "renewed", "result_amount": D(950)}, {"renewed": D(0)}),
    ({"result": "lost", "stage": "lost"}, {"lost": D(-950)}),
    ({"placed_on": date(2027, 1, 1)}, {"slipped": D(-950)}),
    ({"placed_on": date(2026, 9, 30)}, {"ahead": D(-950)}),
    ({"csm": call("commit")}, {}),
    (
        {"rate": D(2), "amount": D(1200), "result": "lost"},
        {"currency": D(950), "lost": D(-1900)},
    ),
]


@pytest.mark.parametrize(("changed", "parts"), MOVES)
def test_what_moved_is_told_part_by_part(changed, parts):
    was, now = deal(**SOLID), deal(**(SOLID | changed))

    found = moves([was], [now], quarter=Q4, who="auto", history={})

    assert found.sums == parts
    assert found.closing - found.opening == sum(parts.values())


@pytest.mark.parametrize(
    ("was", "now", "parts"),
    [
        (None, deal(**SOLID), {"new": D(950)}),
        (deal(**SOLID), None, {"ended": D(-950)}),
        (deal(**SOLID, placed_on=date(2027, 1, 1)), deal(**SOLID), {"sooner": D(950)}),
        (
            deal(**SOLID, placed_on=date(2026, 9, 30)),
            deal(**SOLID),
            {"carried": D(950)},
        ),
        (
            deal(result="renewed", result_amount=D(900)),
            deal(result="renewed", result_amount=D(800)),
            {"corrected": D(-100)},
        ),
    ],
)
def test_what_comes_and_goes(was, now, parts):
    found = moves(
        [was] if was else [], [now] if now else [], quarter=Q4, who="auto", history={}
    )

    assert found.sums == parts


def test_a_changed_call_moves_the_persons_figure_and_nothing_else():
    was = deal(csm=call("likely", 700))
    now = deal(csm=call("commit", 900), band="red", probability=D("0.1"))

    found = moves([was], [now], quarter=Q4, who="csm", history={})

    assert found.sums == {"call": D(200)}


def test_each_part_opens_its_deals():
    rows = [(deal(1), deal(1, result="lost")), (deal(2), deal(2, amount=D(500)))]
    was, now = zip(*rows, strict=True)

    found = moves(was, now, quarter=Q4, who="auto", history={})

    assert [m.deal.renewal_id.int for m in found.of("lost")] == [1]
    assert [m.deal.renewal_id.int for m in found.of("amount")] == [2]


def digits(places, most):
    return st.integers(0, most).map(lambda n: D(n).scaleb(-places))


money = digits(2, 10**15)
calls = st.none() | st.builds(
    Call, st.sampled_from(["commit", "likely", "possible", "out"]), st.none() | money
)
states = st.fixed_dictionaries(
    {
        "amount": money,
        "rate": st.none() | digits(8, 10**11),
        "probability": digits(4, 10**4),
        "stage": st.sampled_from([*SHIPPED, "renewed", "lost"]),
        "band": st.sampled_from(["green", "amber", "red", "unknown"]),
        "placed_on": st.dates(date(2026, 8, 1), date(2027, 3, 1)),
        "csm": calls,
        "lead": calls,
        "result": st.sampled_from(["", "", "renewed", "lost"]),
        "result_amount": st.none() | money,
        "is_noticed": st.booleans(),
    }
)
books = st.dictionaries(st.integers(1, 6), states, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books, books, st.sampled_from(["auto", "csm", "lead"]))
def test_the_parts_add_up_to_the_difference_exactly(before, after, who):
    was = [deal(n, **fields) for n, fields in before.items()]
    now = [deal(n, **fields) for n, fields in after.items()]

    found = moves(was, now, quarter=Q4, who=who, history={})

    held = [[d for d in rows if Q4.holds(d.placed_on)] for rows in (was, now)]
    opening, closing = (sum((said(d, who) for d in rows), D(0)) for rows in held)
    assert (found.opening, found.closing) == (opening, closing)
    assert sum(found.sums.values(), D(0)) == closing - opening
    assert sum((p.amount for m in found.moved for p in m.parts), D(0)) == (
        closing - opening
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books, st.sampled_from(["auto", "csm", "lead"]))
def test_worst_is_never_above_likely_nor_likely_above_best(book, who):
    found = figure([deal(n, **fields) for n, fields in book.items()], who)

    # Best and worst are rounded to cents.
    assert found.worst <= found.likely + D("0.01")
    assert found.likely <= found.best + D("0.01")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    books,
    st.sampled_from(["auto", "csm", "lead"]),
    st.sampled_from(["worst", "likely", "best"]),
)
def test_the_lines_of_a_figure_add_up_to_it(book, who, case):
    rows = [deal(n, **fields) for n, fields in book.items()]

    found = lines(rows, who, case)

    assert sorted(one.renewal_id for one, _gives in found) == sorted(
        one.renewal_id for one in rows
    )
    whole = getattr(figure(rows, who), case)
    assert sum((gives for _deal, gives in found), D(0)) == whole


def test_quarters():
    assert quarter_of(date(2026, 12, 31)) == Q4
    assert quarter_of(date(2027, 1, 1)) == Q4.after == Quarter(2027, 1)
    assert (Q4.first, Q4.last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (Quarter(2026, 1).before, str(Q4)) == (Quarter(2025, 4), "2026-Q4")
    assert (parse("2026-Q4"), parse("2026-Q5"), parse("x")) == (Q4, None, None)
    assert monday_of(date(2026, 11, 22)) == date(2026, 11, 16)
    assert monday_of(date(2026, 11, 23)) == date(2026, 11, 23)
