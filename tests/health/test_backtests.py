from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError

from cs_platform.lib.attempts import ATTEMPTS
from health import services
from health.models import Backtest, ReplayPart, Scorecard, Shift
from health.queries.replay import before, ends, slice_of
from health.scoring.shipped import POINTS
from health.services import replaying
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.health import ScorecardFactory, use
from tests.health.past import live
from tests.health.worked import NOW, TODAY, days_ago


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


STEPS = [{"over": 8, "points": 100}, {"over": 3, "points": 60}, {"points": 10}]


def only_days(steps=STEPS):
    """A card that counts active days and nothing else."""
    measure = POINTS["measures"][0] | {
        "weight": 100,
        "shape": {"kind": "bands", "steps": steps},
    }
    return POINTS | {"measures": [measure]}


def started(ops, *, outcome="lost", first=date(2025, 6, 30), **how):
    ScorecardFactory()
    draft = Scorecard.objects.create(name="Points", version=2, definition=only_days())
    how = {"last": date(2026, 1, 31), "step": "month", "horizon_days": 90} | how
    return services.start_backtest(draft, outcome=outcome, first=first, by=ops, **how)


def finish(tenant_id, turns=500):
    for turn in range(turns):
        if not services.take_backtest_turn(tenant_id):
            return turn
    raise AssertionError("it does not end")


@pytest.mark.slow
def test_a_backtest_from_start_to_report(tenant, ops):
    with tenant_scope(tenant.pk):
        live(20)
        backtest = started(ops)

    finish(tenant.pk)

    with tenant_scope(tenant.pk):
        backtest.refresh_from_db()
        assert (backtest.state, backtest.progress, backtest.error) == ("done", 1, "")
        found = backtest.result["report"]
        # Eight month ends; the ten accounts that stop do so at different times.
        assert (found["first"], found["last"]) == ("2025-06-30", "2026-01-31")
        # One had stopped before them.
        assert found["accounts"] == 19
        assert found["losses"] == len(found["listed"]) == 9
        draft = next(way for way in found["ranking"]["ways"] if way["way"] == "draft")
        assert draft["value"] > 0.8
        assert found["leads"]["draft"]["warned"] > 5
        assert ReplayPart.objects.count() == 0


@pytest.mark.slow
def test_what_would_change_today(tenant, ops):
    with tenant_scope(tenant.pk):
        busy, idle = AccountFactory(mrr=300), AccountFactory(mrr=200)
        use(busy, days_ago(*range(20)))
        use(idle, days_ago(100))
        AccountFactory(mrr=5)
        AccountFactory(lifecycle_stage="churned", mrr=7)
        backtest = started(ops)

    finish(tenant.pk)

    with tenant_scope(tenant.pk):
        backtest.refresh_from_db()
        today = backtest.result["today"]
        shifts = Shift.objects.values_list(
            "account", "band_before", "band_after", "score_after", "mrr"
        )
        # Points: 30 for days, 15 for no ticket: red. The draft says 100, and 10.
        assert list(shifts) == [(busy.pk, "red", "green", 100, Decimal(300))]
        assert today["matrix"] == {
            "red": {"green": [1, "300.00"], "red": [1, "200.00"]},
            "unknown": {"unknown": [1, "5.00"]},
        }
        assert today["accounts"] == 3


@pytest.mark.slow
def test_a_crash_anywhere_changes_nothing_in_the_report(tenant, ops, monkeypatch):
    with tenant_scope(tenant.pk):
        live(12)
        smooth = started(ops)
    finish(tenant.pk)
    with tenant_scope(tenant.pk):
        rough = services.start_backtest(
            smooth.draft,
            outcome="lost",
            horizon_days=90,
            first=smooth.first,
            last=smooth.last,
            step="month",
            by=ops,
        )
    real, calls = replaying.rows_of, []

    def failing(*args, **kwargs):
        found = real(*args, **kwargs)
        calls.append(1)
        if len(calls) % 3 == 0:
            raise DatabaseError("the server went away")
        return found

    monkeypatch.setattr(replaying, "rows_of", failing)
    finish(tenant.pk)

    with tenant_scope(tenant.pk):
        smooth.refresh_from_db()
        rough.refresh_from_db()
        assert len(calls) > 8
        assert rough.result["report"] == smooth.result["report"]


def test_what_fails_again_and_again_says_why_and_can_be_retried(
    tenant, ops, monkeypatch
):
    def fail(*args, **kwargs):
        raise ValueError("no such signal")

    with tenant_scope(tenant.pk):
        AccountFactory()
        backtest = started(ops)
    monkeypatch.setattr(replaying, "rows_of", fail)

    turns = finish(tenant.pk)

    with tenant_scope(tenant.pk):
        backtest.refresh_from_db()
        assert backtest.state == "failed"
        assert backtest.error == "ValueError: no such signal"
        assert turns == ATTEMPTS + 2  # the plan, and the one that gives up
        monkeypatch.undo()
        services.retry_backtest(backtest, by=ops)
    finish(tenant.pk)
    with tenant_scope(tenant.pk):
        backtest.refresh_from_db()
        assert (backtest.state, backtest.error) == ("done", "")


def test_a_worker_that_died_every_time_is_told_of(tenant, ops):
    with tenant_scope(tenant.pk):
        backtest = started(ops)
        Backtest.objects.update(state="running", attempts=ATTEMPTS)

    services.take_backtest_turn(tenant.pk)

    with tenant_scope(tenant.pk):
        backtest.refresh_from_db()
        assert (backtest.state, backtest.error) == ("failed", "died")


def test_a_backtest_of_another_tenant_is_not_touched(tenant, other_tenant, ops):
    with tenant_scope(tenant.pk):
        backtest = started(ops)

    assert services.take_backtest_turn(other_tenant.pk) is False

    with tenant_scope(tenant.pk):
        backtest.refresh_from_db()
        assert backtest.state == "waiting"


@pytest.mark.slow
def test_slices_and_samples_hold_every_account_once(in_tenant):
    ids = {AccountFactory().pk for _ in range(25)}

    for every in (1, 2, 5):
        found, reached = [], None
        while True:
            part, reached = slice_of(reached, 3, every=every)
            found += part
            if reached is None:
                break
        assert len(found) == len(set(found))
        assert set(found) <= ids
        assert (len(found) == 25) == (every == 1)


@pytest.mark.slow
def test_a_past_day_is_judged_without_what_came_after(tenant, ops):
    """The replay of half a year ago is the same whatever happened since."""
    with tenant_scope(tenant.pk):
        live(8)
        first = started(ops, first=date(2025, 8, 31), last=date(2025, 9, 30))
    finish(tenant.pk)
    with tenant_scope(tenant.pk):
        use(AccountFactory(), days_ago(0, 1, 2))
        ContractFactory(account=AccountFactory(), starts_on=TODAY - timedelta(days=9))
        again = services.start_backtest(
            first.draft, outcome="lost", horizon_days=90, first=first.first,
            last=first.last, step="month", by=ops,
        )  # fmt: skip
    finish(tenant.pk)

    with tenant_scope(tenant.pk):
        first.refresh_from_db()
        again.refresh_from_db()
        assert again.result["report"] == first.result["report"]


def test_ends_of_months_and_quarters():
    first, last = date(2024, 1, 31), date(2024, 6, 29)

    assert ends(first, last, "month") == [
        date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30),
        date(2024, 5, 31),
    ]  # fmt: skip
    assert ends(first, last, "quarter") == [date(2024, 3, 31)]
    assert before(date(2024, 3, 31), 2, "quarter") == [
        date(2023, 9, 30),
        date(2023, 12, 31),
    ]
    assert before(date(2024, 3, 31), 2, "month") == [
        date(2024, 1, 31),
        date(2024, 2, 29),
    ]
