from celery import shared_task

from tenants.scoping import all_tenants

# The next sweep goes on: a tenant with thousands to ask holds no worker long.
SLICE = 45  # seconds


@shared_task(name="nps.sweep_surveys")
def sweep_surveys():
    """Wake one task for each tenant that asks its customers."""
    from nps.queries.sweeping import tenants_that_ask

    with all_tenants("find tenants with surveys to send"):
        tenant_ids = tenants_that_ask()
    for tenant_id in tenant_ids:
        # Stale after the next sweep: it asks again.
        ask_customers.apply_async(kwargs={"tenant_id": tenant_id}, expires=120)


@shared_task(name="nps.ask_customers")
def ask_customers(*, tenant_id: int):
    from nps import services

    services.ask_customers(tenant_id, seconds=SLICE)
