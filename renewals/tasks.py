from datetime import date

from celery import shared_task

from cs_platform.lib import clock
from tenants.scoping import all_tenants, tenant_scope

# The next sweep goes on: a tenant with thousands of new contracts holds no worker long.
SLICE = 45  # seconds


@shared_task(name="renewals.sweep_reminders")
def sweep_reminders():
    """Wake one task for each tenant with something to sync or to fire."""
    from renewals.queries.stale import tenants_with_work

    with all_tenants("find tenants with renewals to remind of"):
        work = tenants_with_work(clock.now())
    for tenant_id, day in sorted(work.items()):
        # Stale after a minute: the next sweep asks again.
        remind.apply_async(
            kwargs={"tenant_id": tenant_id, "on": day.isoformat()}, expires=60
        )


@shared_task(name="renewals.remind")
def remind(*, tenant_id: int, on: str):
    from renewals import services

    services.remind_tenant(tenant_id, on=date.fromisoformat(on), seconds=SLICE)


@shared_task(name="renewals.sweep_forecasts")
def sweep_forecasts():
    """Wake one task for each tenant with renewals: its versions, and its new week."""
    from renewals.queries.stale import tenants_with_renewals

    with all_tenants("find tenants with renewals to forecast"):
        tenant_ids = tenants_with_renewals()
    for tenant_id in tenant_ids:
        forecast.apply_async(kwargs={"tenant_id": tenant_id}, expires=900)


@shared_task(name="renewals.forecast")
def forecast(*, tenant_id: int):
    from renewals import services

    services.take_forecasts(tenant_id)


@shared_task(name="renewals.sweep_standard_path")
def sweep_standard_path():
    """Wake one task for each workspace whose healthy deals begin by themselves."""
    from renewals.models import PipelineRule

    with all_tenants("find tenants whose green deals begin by themselves"):
        chosen = PipelineRule.objects.filter(is_standard_path=True)
        ids = sorted(chosen.values_list("tenant_id", flat=True))
    for tenant_id in ids:
        walk.apply_async(kwargs={"tenant_id": tenant_id}, expires=300)


@shared_task(name="renewals.walk_standard_path")
def walk(*, tenant_id: int):
    from renewals import services
    from tenants.models import Tenant

    with tenant_scope(tenant_id):
        zone = Tenant.objects.get(pk=tenant_id).timezone
        services.walk_standard_path(zone=zone)


@shared_task(name="renewals.sweep_growth")
def sweep_growth():
    """Wake one task for each tenant: signs of growth, and trials that end."""
    from tenants.models import Tenant

    for tenant_id in Tenant.objects.order_by("pk").values_list("pk", flat=True):
        look_for_growth.apply_async(kwargs={"tenant_id": tenant_id}, expires=3600)


@shared_task(name="renewals.look_for_growth")
def look_for_growth(*, tenant_id: int):
    from accounts.queries import today
    from renewals import services
    from tenants.scoping import tenant_scope

    with tenant_scope(tenant_id):
        on = today()
        services.find_signals(on=on)
        services.remind_of_trials(on=on)
