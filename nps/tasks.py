from celery import shared_task
from django.db.models import Exists, OuterRef, Q

from tenants.models import Tenant
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


@shared_task(name="nps.sweep_follow_ups")
def sweep_follow_ups():
    """Wake one task for each tenant with answers that nobody was given, or came back to."""
    from nps.queries.waiting import unescalated, without_follow_up

    with all_tenants("nps: tenants with answers to come back to"):
        waiting = Tenant.objects.filter(
            Q(Exists(without_follow_up().filter(tenant=OuterRef("pk"))))
            | Q(Exists(unescalated().filter(tenant=OuterRef("pk"))))
        )
        tenant_ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for tenant_id in tenant_ids:
        follow_up.apply_async(kwargs={"tenant_id": tenant_id}, expires=60)


@shared_task(name="nps.follow_up")
def follow_up(*, tenant_id: int):
    """Give somebody each answer that has nobody, and tell leads of those left alone."""
    from nps import services

    services.chase(tenant_id, seconds=SLICE)
