from celery import shared_task

from tenants.models import Tenant
from tenants.scoping import tenant_scope


@shared_task(name="accounts.sweep_revenue")
def sweep_revenue():
    """Wake one refresh for each workspace: contracts begin and end at its midnight."""
    for tenant_id in Tenant.objects.order_by("pk").values_list("pk", flat=True):
        refresh_revenue.delay(tenant_id=tenant_id)


@shared_task(name="accounts.refresh_revenue")
def refresh_revenue(*, tenant_id: int):
    from accounts import services

    with tenant_scope(tenant_id):
        services.roll_over()
        services.keep_business_decisions()
        services.refresh_mrr()
