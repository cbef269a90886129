from celery import shared_task

from cs_platform.lib import clock
from messaging.models import Message
from tenants.queries import unannounced_invitations
from tenants.scoping import all_tenants

# A sweep comes every ten seconds: a slice ends before the next one, so that a tenant
# with a long outbox never holds more than one worker.
SLICE = 8  # seconds


@shared_task(name="messaging.sweep_outbox")
def sweep_outbox():
    """Wake one task for each tenant with mail that is due."""
    with all_tenants("find tenants with mail to send"):
        due = Message.objects.due(clock.now()).order_by()
        tenant_ids = set(due.values_list("tenant_id", flat=True).distinct())
        invited = unannounced_invitations().order_by()
        tenant_ids |= set(invited.values_list("tenant_id", flat=True).distinct())
    for tenant_id in sorted(tenant_ids):
        deliver.apply_async(
            kwargs={"tenant_id": tenant_id, "seconds": SLICE}, expires=10
        )


@shared_task(name="messaging.deliver")
def deliver(*, tenant_id: int, seconds: float = 1):
    """Send the tenant's due mail for a while; woken by a commit, or by the sweep."""
    from messaging import services

    services.deliver(tenant_id, seconds=seconds)
