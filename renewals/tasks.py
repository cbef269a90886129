from datetime import date

from celery import shared_task

from cs_platform.lib import clock
from tenants.scoping import all_tenants

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
