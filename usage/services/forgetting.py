"""Receipts and settled quarantine, deleted when the events they tell of are gone."""

from datetime import timedelta

from django.conf import settings

from tenants.models import Tenant
from tenants.scoping import tenant_scope
from usage.models import IngestBatch, Quarantine

# Of a tenant in one go: the rest waits for the next hour.
MOST = 20_000


def forget_receipts(*, at):
    """Delete what is older than USAGE_RETENTION_DAYS and needed by nobody.

    A receipt that waits for the roll-up stays, and a message that is still in
    quarantine. One short transaction for each tenant. Safe to repeat.
    """
    before = at - timedelta(days=settings.USAGE_RETENTION_DAYS)
    for tenant_id in Tenant.objects.order_by("pk").values_list("pk", flat=True):
        with tenant_scope(tenant_id):
            rolled_up = IngestBatch.objects.exclude(rolled_up_at=None)
            settled = Quarantine.objects.exclude(state=Quarantine.State.OPEN)
            for rows in (rolled_up, settled):
                old = rows.filter(received_at__lt=before).order_by("pk")
                rows.filter(
                    pk__in=list(old.values_list("pk", flat=True)[:MOST])
                ).delete()
