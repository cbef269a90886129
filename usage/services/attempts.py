"""Attempts at batches: counted before the work, so that a batch that kills its worker
comes to an end, too, and holds up no other.
"""

from uuid import UUID

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from cs_platform.lib.attempts import ATTEMPTS, next_group
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit
from usage.models import IngestBatch
from usage.services.ledger import locked_ledger
from usage.services.rolling import BATCHES, one_go
from worklist.services import heal_alerts, open_alert

ALERT = "usage_set_aside"


def choose_batches(*, wait: bool) -> tuple[list[UUID] | None, int]:
    """The batches to roll up next, their attempt counted; and how many were set aside.

    Commit it before the work. What was never tried comes first; what a failed or killed
    worker left comes in smaller and smaller groups, and after five attempts is set
    aside, with an alert. None while another worker is at the tenant's book.
    """
    tenant = Tenant.objects.get(pk=current_tenant_id())
    if locked_ledger(timezone=tenant.timezone, wait=wait) is None:
        return None, 0
    waiting = IngestBatch.objects.filter(rolled_up_at=None, set_aside_at=None)
    free = waiting.select_for_update(skip_locked=True)
    over = list(free.filter(attempts__gte=ATTEMPTS))
    for batch in over:
        _set_aside(batch)
    fresh = free.filter(attempts=0).order_by("pk")[:BATCHES]
    suspects = free.filter(attempts__range=(1, ATTEMPTS - 1)).order_by("attempts", "pk")
    chosen = one_go(fresh) or one_go(next_group(list(suspects[:BATCHES])))
    ids = [batch.pk for batch in chosen]
    IngestBatch.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1)
    return ids, len(over)


def record_failure(pk: UUID, error: Exception) -> int:
    """Write down why a batch failed alone; set it aside after its last attempt.

    Returns how many were set aside.
    """
    batch = IngestBatch.objects.select_for_update().get(pk=pk)
    batch.error = f"{type(error).__name__}: {error}"[:2000]
    batch.save(update_fields=["error"])
    if batch.attempts < ATTEMPTS:
        return 0
    _set_aside(batch)
    return 1


def retry_set_aside(*, by) -> int:
    """Let the batches that were set aside be tried again, by the next roll-up.

    Heals the alert about them; it is in the audit trail. Returns how many.
    """
    batches = IngestBatch.objects.exclude(set_aside_at=None)
    count = batches.update(set_aside_at=None, attempts=0)
    heal_alerts(ALERT, "roll-up")
    if count:
        tenant = Tenant.objects.get(pk=current_tenant_id())
        record_audit("batches.retried", tenant, by=by, after={"batches": count})
    return count


def _set_aside(batch: IngestBatch) -> None:
    batch.set_aside_at = clock.now()
    batch.save(update_fields=["set_aside_at"])
    tenant = Tenant.objects.get(pk=batch.tenant_id)
    with translation.override(tenant.language):
        died = _("The worker died five times while counting them.")
        open_alert(
            kind=ALERT,
            subject="roll-up",
            title=_("Usage events could not be counted and were set aside"),
            owner=None,
            because=batch.error or died,
            path=f"/settings/sources/{batch.source_id}/",
        )
