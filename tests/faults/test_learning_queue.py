"""The past is gone through by a worker of its own: a fact of now is scored meanwhile."""

import re
import time
from datetime import date

import psycopg2
import pytest

from accounts.services import touch
from cs_platform.celery import app
from cs_platform.lib import clock
from health import services
from health.models import Backtest, Snapshot
from tenants.scoping import tenant_scope
from tests import databases
from tests.factories.accounts import AccountFactory
from tests.factories.health import ResponseFactory, ScorecardFactory
from tests.factories.tenants import TenantFactory, UserFactory
from tests.faults.redis_server import wait_for
from tests.faults.workers import workers_of

MINUTE = 60  # seconds from a fact to its score
LEARNED = ("health.run_backtests", "health.judge_risks", "health.learn_risk")


@pytest.mark.slow
@pytest.mark.fault
def test_a_fact_is_scored_within_its_minute_while_a_backtest_runs(
    broker, tmp_path, settings
):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        services.recompute([account.pk], on=clock.now().date())
        backtest = begun()
    holder = psycopg2.connect(databases.database_url("owner"))

    with workers_of(broker, tmp_path, sweeps=["health.sweep_touches"]) as workers:
        # Its first slice waits for this, and its worker with it.
        holder.cursor().execute("LOCK TABLE health_replaypart IN ACCESS EXCLUSIVE MODE")
        for name, queues in served(settings.BASE_DIR).items():
            workers.start(
                name, f"worker -n {name}@%h -c 1 --without-mingle -Q {queues}"
            )
        for _ in range(3):
            workers.send("health.run_backtests", tenant_id=tenant.pk)
        wait_for(lambda: "health.run_backtests" in names_begun(workers))
        workers.start_scheduler()
        with tenant_scope(tenant.pk):
            ResponseFactory(account=account, score=10)
            touch([account.pk], reason="answer")
        told = time.monotonic()
        wait_for(lambda: points_of(tenant, "nps") == 20)
        seconds = time.monotonic() - told
        state = state_of(tenant, backtest)
        holder.rollback()
        holder.close()

    assert seconds < MINUTE
    assert state == Backtest.State.RUNNING


def test_learning_has_a_queue_of_its_own():
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in LEARNED}

    assert queues == dict.fromkeys(LEARNED, "learning")


def begun():
    card = ScorecardFactory()
    return services.start_backtest(
        card,
        outcome="silent",
        horizon_days=90,
        first=date(2025, 1, 1),
        last=date(2026, 1, 31),
        step="month",
        by=UserFactory(),
    )


def served(root):
    """The queues of each worker of the Procfile."""
    lines = (root / "Procfile").read_text().splitlines()
    return {
        line.split(":")[0]: found[1]
        for line in lines
        if (found := re.search(r" -Q (\S+)", line))
    }


def names_begun(workers):
    return {begun[1] for begun in workers.begun()}


def points_of(tenant, key):
    with tenant_scope(tenant.pk):
        measures = Snapshot.objects.latest("day").measures
        return next(one["points"] for one in measures if one["key"] == key)


def state_of(tenant, backtest):
    with tenant_scope(tenant.pk):
        return Backtest.objects.get(pk=backtest.pk).state
