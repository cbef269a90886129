from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.metrics import (
    Cohort,
    Kind,
    Movements,
    Rates,
    Window,
    Worth,
    compound_year,
    grr,
    kind_of,
    logo_churn,
    month_windows,
    movements,
    nrr,
    quick_ratio,
    ratio,
    revenue_churn,
    summed,
    year_windows,
)


def worth(opening, closing, restated=None, away=None):
    return Worth(
        D(opening), D(closing), D(closing if restated is None else restated), away
    )


@pytest.mark.parametrize(
    ("it", "kind"),
    [
        (worth(0, 0), None),
        (worth(100, 100), None),
        (worth(100, 100, 120), None),
        (worth(0, 100), Kind.NEW),
        (worth(0, 100, away=1), Kind.REACTIVATION),
        (worth(0, 100, away=0), Kind.EXPANSION),
        (worth(100, 0), Kind.CHURN),
        (worth(100, 99), Kind.CONTRACTION),
        (worth(100, 101), Kind.EXPANSION),
    ],
)
def test_kind_of(it, kind):
    assert kind_of(it) == kind


def test_a_declared_gap_decides_what_is_a_return():
    it = worth(0, 100, away=29)

    assert kind_of(it, gap_days=30) == Kind.EXPANSION
    assert kind_of(it, gap_days=29) == Kind.REACTIVATION


def test_a_rate_is_its_own_movement_and_never_expansion():
    # 1,000 € at 1.10, then 1,200 € at 1.20: 220 bought, 120 blown in.
    assert movements(worth(1100, 1320, 1440)) == {
        Kind.EXPANSION: D(220),
        Kind.CURRENCY: D(120),
    }


def test_summed_by_hand():
    worths = [
        worth(0, 300),
        worth(0, 200, away=40),
        worth(500, 700),
        worth(400, 100),
        worth(250, 0),
        worth(110, 110, 120),
    ]

    moved = summed(D(5000), worths)

    assert moved == Movements(
        opening=D(5000),
        new=D(300),
        reactivation=D(200),
        expansion=D(200),
        contraction=D(-300),
        churn=D(-250),
        currency=D(10),
    )
    assert moved.closing == D(5160)
    assert quick_ratio(moved) == D(700) / D(550)


money = st.integers(0, 10**8).map(lambda cents: D(cents) / 100)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(
    money,
    st.lists(st.tuples(money, money, money, st.none() | st.integers(0, 99))),
)
def test_opening_and_movements_are_the_closing(others, rows):
    worths = [Worth(*row) for row in rows]
    opening = others + sum(it.opening for it in worths)

    moved = summed(opening, worths)

    assert moved.closing == others + sum(it.closing_restated for it in worths)


# Ten customers of 100 at the opening: one doubles, one halves, one leaves; a new one
# and a return do not count.
TEN = [
    *[worth(100, 100)] * 7,
    worth(100, 200),
    worth(100, 50),
    worth(100, 0),
    worth(0, 900),
    worth(0, 400, away=90),
]


def test_retention_by_hand():
    cohort = Cohort.of(TEN)

    assert cohort == Cohort(
        accounts=10, lost_accounts=1, opening=D(1000), closing=D(950), kept=D(850)
    )
    assert nrr(cohort) == D("0.95")
    assert grr(cohort) == D("0.85")
    assert logo_churn(cohort) == D("0.1")
    assert revenue_churn(cohort) == D("0.15")


@unhurried
@given(st.lists(st.tuples(money, money)))
def test_nobodys_growth_pays_for_anothers_loss(rows):
    cohort = Cohort.of([worth(opening, closing) for opening, closing in rows])

    assert cohort.kept <= min(cohort.opening, cohort.closing)


def test_a_rate_over_nothing_is_empty():
    nobody = Cohort.of([worth(0, 500)])

    rates = [f(nobody) for f in (nrr, grr, logo_churn, revenue_churn)]
    assert [*rates, ratio(0, 0)] == [None] * 5


def test_quick_ratio_without_losses_says_so():
    assert quick_ratio(Movements(expansion=D(1))) == "no losses"
    assert quick_ratio(Movements()) is None


def test_three_percent_a_month_is_not_thirty_six_a_year():
    assert round(compound_year(D("0.03")), 3) == D("0.306")


def test_month_windows_end_with_the_month_and_the_last_one_today():
    assert month_windows(date(2024, 3, 10), 3) == [
        Window(date(2023, 12, 31), date(2024, 1, 31)),
        Window(date(2024, 1, 31), date(2024, 2, 29)),
        Window(date(2024, 2, 29), date(2024, 3, 10)),
    ]


def test_year_windows_look_twelve_months_back():
    assert year_windows(date(2025, 3, 10), 2) == [
        Window(date(2024, 2, 29), date(2025, 2, 28)),
        Window(date(2024, 3, 10), date(2025, 3, 10)),
    ]


def test_rates_hold_from_their_day():
    rates = Rates(
        "USD",
        [("EUR", date(2026, 2, 1), D("1.2")), ("EUR", date(2026, 1, 1), D("1.1"))],
    )
    days = [date(2025, 12, 1), date(2026, 1, 31), date(2026, 2, 1), date(2027, 1, 1)]

    assert [rates.on("EUR", day) for day in days] == [
        D("1.1"),
        D("1.1"),
        D("1.2"),
        D("1.2"),
    ]
    assert rates.on("USD", days[0]) == 1
    assert rates.on("KZT", days[0]) is None


def test_months_before_a_leap_day():
    leap = date(2024, 2, 29)

    assert year_windows(leap, 1) == [Window(date(2023, 2, 28), leap)]
    assert leap - timedelta(days=366) == date(2023, 2, 28)
