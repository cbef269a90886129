"""Rolling up until nothing is left: retries, and batches that cannot be counted."""

import logging
import random
import time
from dataclasses import dataclass

from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit
from usage.models import IngestBatch
from usage.services.rolling import BATCHES, Rolled, roll_up
from worklist.services import heal_alerts, open_alert

logger = logging.getLogger(__name__)

ATTEMPTS = 5
RETRIES = 3
# Deadlock, serialization failure: the same again will do.
PASSING = {"40P01", "40001"}
# The database is going away or gone: no fault of a batch.
OUTAGE = {None, "57P01", "57P02", "57P03", "08006", "08003", "53300"}
ALERT = "usage_set_aside"


@dataclass
class Total:
    batches: int = 0
    events: int = 0
    set_aside: int = 0
    is_busy: bool = False

    def __iadd__(self, rolled: Rolled):
        self.batches += rolled.batches
        self.events += rolled.events
        self.is_busy = rolled.is_busy
        return self


def roll_up_tenant(
    tenant_id: int, *, wait: bool = False, seconds: float = float("inf")
) -> Total:
    """Roll up all that waits in a tenant, claim by claim, each in its own transaction.

    Opens the scope itself. Ends at once, with `is_busy`, while another worker is at it;
    with `wait` it waits for its turn, and after `seconds` it leaves the rest. A claim that fails is tried again batch by batch;
    a batch that has failed five times is set aside, with an alert, so that it never
    holds up the others.
    """
    total, end = Total(), time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            rolled = _patiently(tenant_id, wait=wait)
        except Exception as error:  # noqa: BLE001 (whatever it is, it may not block others)
            _raise_outage(error)
            logger.exception("a claim failed: going on batch by batch")
            _one_by_one(tenant_id, total, wait=wait)
            continue
        total += rolled
        if rolled.batches == 0:
            break
    return total


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


def _patiently(tenant_id, **how) -> Rolled:
    for attempt in range(RETRIES):
        try:
            with tenant_scope(tenant_id):
                return roll_up(**how)
        except OperationalError as error:
            if _code(error) not in PASSING or attempt == RETRIES - 1:
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 (jitter)
    raise AssertionError("unreachable")


def _one_by_one(tenant_id, total, *, wait):
    """Try each waiting batch alone; write down, apart, which of them fail."""
    with tenant_scope(tenant_id):
        waiting = IngestBatch.objects.filter(rolled_up_at=None, set_aside_at=None)
        ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCHES])
    for pk in ids:
        try:
            total += _patiently(tenant_id, batches=[pk], wait=wait)
        except Exception as error:  # noqa: BLE001 (it is recorded with the batch)
            _raise_outage(error)
            logger.exception("batch %s cannot be rolled up", pk)
            with tenant_scope(tenant_id):
                total.set_aside += _record_failure(pk, error)


def _record_failure(pk, error) -> int:
    batch = IngestBatch.objects.select_for_update().get(pk=pk)
    batch.attempts += 1
    batch.error = f"{type(error).__name__}: {error}"[:2000]
    is_over = batch.attempts >= ATTEMPTS
    batch.set_aside_at = clock.now() if is_over else None
    batch.save(update_fields=["attempts", "error", "set_aside_at"])
    if is_over:
        _report(batch)
    return int(is_over)


def _report(batch):
    tenant = Tenant.objects.get(pk=batch.tenant_id)
    with translation.override(tenant.language):
        open_alert(
            kind=ALERT,
            subject="roll-up",
            title=_("Usage events could not be counted and were set aside"),
            owner=None,
            because=batch.error,
            path=f"/settings/sources/{batch.source_id}/",
        )


def _raise_outage(error):
    if isinstance(error, OperationalError) and _code(error) in OUTAGE:
        raise error
    if transaction.get_connection().in_atomic_block:
        raise error  # the caller's transaction is broken: nothing can be written


def _code(error):
    return getattr(error.__cause__, "pgcode", None)
