"""Sweeps find the tenants with work; one task for each goes through it in slices."""

from time import monotonic

from celery import shared_task
from django.db.models import Exists, OuterRef

from tenants.scoping import all_tenants, tenant_scope

# Then another worker may have a turn: one tenant's accounts do not hold the queue.
TURN_SECONDS = 60


@shared_task(name="health.sweep_touches")
def sweep_touches():
    """Wake a worker for each tenant with accounts whose facts changed."""
    from accounts.models import Touch
    from tenants.models import Tenant

    with all_tenants("health: tenants with accounts to score again"):
        touched = Tenant.objects.filter(
            Exists(Touch.objects.filter(tenant=OuterRef("pk")))
        )
        tenant_ids = list(touched.order_by("pk").values_list("pk", flat=True))
    for tenant_id in tenant_ids:
        # Later sweeps asked again: what waited that long need not run as well.
        score_touched.apply_async(kwargs={"tenant_id": tenant_id}, expires=120)


@shared_task(name="health.score_touched")
def score_touched(*, tenant_id: int):
    from health import services

    if not _take_turns(tenant_id, services.take_touched_turn):
        score_touched.delay(tenant_id=tenant_id)


@shared_task(name="health.sweep_nightly")
def sweep_nightly():
    """Wake a worker for each tenant whose day has turned and is not scored."""
    from health.queries.nights import tenants_to_score

    with all_tenants("health: tenants whose day has turned"):
        tenant_ids = tenants_to_score()
    for tenant_id in tenant_ids:
        score_nights.apply_async(kwargs={"tenant_id": tenant_id}, expires=600)


@shared_task(name="health.score_nights")
def score_nights(*, tenant_id: int):
    from health import services

    with tenant_scope(tenant_id):
        services.open_nights()
    if not _take_turns(tenant_id, services.take_night_turn):
        score_nights.delay(tenant_id=tenant_id)


def _take_turns(tenant_id, take_turn):
    """Do slices, each in transactions of its own; whether nothing was left."""
    until = monotonic() + TURN_SECONDS
    while monotonic() < until:
        if not take_turn(tenant_id):
            return True
    return False


@shared_task(name="health.sweep_arrivals")
def sweep_arrivals():
    """Wake a worker for each tenant whose scorecards may call tickets or bills stale."""
    from health.queries.arrivals import tenants_that_wait

    with all_tenants("health: tenants that say when facts are stale"):
        tenant_ids = tenants_that_wait()
    for tenant_id in tenant_ids:
        watch_arrivals.apply_async(kwargs={"tenant_id": tenant_id}, expires=3600)


@shared_task(name="health.watch_arrivals")
def watch_arrivals(*, tenant_id: int):
    from health import services
    from tenants.models import Tenant

    with tenant_scope(tenant_id):
        services.watch_arrivals(Tenant.objects.get(pk=tenant_id))


@shared_task(name="health.sweep_learning")
def sweep_learning():
    """Wake a worker for each tenant with a backtest to go on with, accounts whose risk
    is not judged today, a model to be learned, or scores to be compared."""
    from health.queries.learning import (
        tenants_to_compare,
        tenants_to_judge,
        tenants_to_learn,
        tenants_with_backtests,
    )

    with all_tenants("health: tenants with something to learn or to replay"):
        work = [
            (compare_accounts, tenants_to_compare()),
            (run_backtests, tenants_with_backtests()),
            (judge_risks, tenants_to_judge()),
            (learn_risk, tenants_to_learn()),
        ]
    for task, tenant_ids in work:
        for tenant_id in tenant_ids:
            task.apply_async(kwargs={"tenant_id": tenant_id}, expires=600)


# A slice is seconds; the report of a long history may take a minute.
@shared_task(name="health.run_backtests", soft_time_limit=240, time_limit=270)
def run_backtests(*, tenant_id: int):
    from health import services

    if not _take_turns(tenant_id, services.take_backtest_turn):
        run_backtests.delay(tenant_id=tenant_id)


@shared_task(name="health.judge_risks")
def judge_risks(*, tenant_id: int):
    from health import services

    def take_turn(tenant_id):
        with tenant_scope(tenant_id):
            return services.judge_risks()

    if not _take_turns(tenant_id, take_turn):
        judge_risks.delay(tenant_id=tenant_id)


# Tried again with the next day's sweep when it takes too long or its worker dies.
@shared_task(name="health.learn_risk", soft_time_limit=240, time_limit=270)
def learn_risk(*, tenant_id: int):
    from health import services

    services.learn_when_due(tenant_id)


@shared_task(name="health.compare_accounts")
def compare_accounts(*, tenant_id: int):
    from health import services

    def take_turn(tenant_id):
        with tenant_scope(tenant_id):
            return services.compare_accounts()

    if not _take_turns(tenant_id, take_turn):
        compare_accounts.delay(tenant_id=tenant_id)
