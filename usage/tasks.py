from celery import shared_task

from cs_platform.lib import clock
from tenants.models import Tenant
from tenants.scoping import all_tenants, tenant_scope
from usage.models import IngestBatch, Source
from usage.waking import go_on

# One tenant's million events never hold a worker: the rest goes to the end of the queue.
SLICE = 8  # seconds


@shared_task(name="usage.sweep_rollups")
def sweep_rollups():
    """Wake one roll-up for each tenant with batches that wait."""
    with all_tenants("find tenants with usage to roll up"):
        waiting = IngestBatch.objects.filter(rolled_up_at=None, set_aside_at=None)
        tenant_ids = sorted(set(waiting.values_list("tenant_id", flat=True).distinct()))
    for tenant_id in tenant_ids:
        roll_up_tenant.apply_async(kwargs={"tenant_id": tenant_id}, expires=10)


@shared_task(name="usage.roll_up_tenant")
def roll_up_tenant(*, tenant_id: int):
    """Roll up what waits in a tenant; ends at once when another worker is at it."""
    from usage.services.running import roll_up_tenant

    if roll_up_tenant(tenant_id, seconds=SLICE).is_cut_short:
        go_on(tenant_id)


@shared_task(name="usage.sweep_silence")
def sweep_silence():
    """Look, tenant by tenant, for sources that fell silent or came back."""
    with all_tenants("find tenants with active sources"):
        active = Source.objects.filter(revoked_at=None).exclude(last_event_at=None)
        tenant_ids = sorted(set(active.values_list("tenant_id", flat=True).distinct()))
    for tenant_id in tenant_ids:
        watch_sources.apply_async(kwargs={"tenant_id": tenant_id}, expires=300)


@shared_task(name="usage.watch_sources")
def watch_sources(*, tenant_id: int):
    """Alarm about sources of a tenant that are silent beyond their own rhythm."""
    from usage.services.silence import watch_sources

    with tenant_scope(tenant_id):
        watch_sources(Tenant.objects.get(pk=tenant_id))


@shared_task(name="usage.keep_partitions")
def keep_partitions():
    """Make the coming months' partitions, drop what has outlived its time."""
    from usage.services.forgetting import forget_receipts
    from usage.services.partitions import keep_partitions as keep

    keep(at=clock.now())
    forget_receipts(at=clock.now())
