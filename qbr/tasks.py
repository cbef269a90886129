from celery import shared_task

from tenants.scoping import all_tenants, tenant_scope

# The next sweep goes on: a tenant with thousands of accounts holds no worker long.
SLICE = 45  # seconds
# Of a worker that makes reports.
TURN = 10  # seconds


@shared_task(name="qbr.sweep_plans")
def sweep_plans():
    """Wake one task for each tenant: reviews to plan, goals to read, reminders."""
    from tenants.models import Tenant

    for tenant_id in Tenant.objects.order_by("pk").values_list("pk", flat=True):
        plan.apply_async(kwargs={"tenant_id": tenant_id}, expires=1800)


@shared_task(name="qbr.plan")
def plan(*, tenant_id: int):
    from accounts.queries import today
    from qbr import services

    services.plan_tenant(tenant_id, seconds=SLICE)
    with tenant_scope(tenant_id):
        on = today()
        services.read_goals_from_usage(on=on)
        services.remind_of_commitments(on=on)


@shared_task(name="qbr.sweep_commitments")
def sweep_commitments():
    """Wake one task for each tenant whose worklist changed what was promised."""
    from qbr.queries.commitments import out_of_step

    with all_tenants("find tenants whose commitments are out of step with tasks"):
        waiting = out_of_step().order_by()
        ids = set(waiting.values_list("tenant_id", flat=True).distinct())
    for tenant_id in sorted(ids):
        follow.apply_async(kwargs={"tenant_id": tenant_id}, expires=60)


@shared_task(name="qbr.follow")
def follow(*, tenant_id: int):
    from qbr import services

    with tenant_scope(tenant_id):
        services.follow_tasks()


@shared_task(name="qbr.sweep_reports")
def sweep_reports():
    """Wake one task for each tenant with reports to make."""
    from cs_platform.lib import clock
    from qbr.models import Report

    with all_tenants("find tenants with reports to make"):
        due = Report.objects.due(clock.now()).order_by()
        ids = set(due.values_list("tenant_id", flat=True).distinct())
    for tenant_id in sorted(ids):
        make_reports.apply_async(kwargs={"tenant_id": tenant_id}, expires=15)


@shared_task(name="qbr.make_reports")
def make_reports(*, tenant_id: int):
    """Files of reports, for a while: another tenant's turn comes in between."""
    from qbr.services import making

    making.make_reports(tenant_id, seconds=TURN)
    if making.has_more(tenant_id):
        # Behind the turns of the others, and not only at the next sweep.
        make_reports.apply_async(kwargs={"tenant_id": tenant_id}, expires=60)
