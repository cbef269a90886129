from celery import shared_task

from tenants.models import Tenant
from tenants.scoping import tenant_scope


@shared_task(name="tenants.sweep_replies")
def sweep_replies():
    """Wake one task for each workspace: the answers kept for repeats grow old."""
    for tenant_id in Tenant.objects.order_by("pk").values_list("pk", flat=True):
        forget_replies.delay(tenant_id=tenant_id)


@shared_task(name="tenants.forget_replies")
def forget_replies(*, tenant_id: int):
    from tenants.services.replies import forget_replies as forget

    deleted = 1
    while deleted:
        with tenant_scope(tenant_id):
            deleted = forget()
