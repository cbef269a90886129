"""Rolling up until nothing is left: retries, and batches that cannot be counted."""

import logging
import random
import time
from dataclasses import dataclass

from django.db import OperationalError, transaction

from tenants.scoping import tenant_scope
from usage.services.attempts import choose_batches, record_failure
from usage.services.rolling import Rolled, roll_up

logger = logging.getLogger(__name__)

RETRIES = 3
# Deadlock, serialization failure: the same again will do.
PASSING = {"40P01", "40001"}
# The database is going away or gone: no fault of a batch.
OUTAGE = {None, "57P01", "57P02", "57P03", "08006", "08003", "53300"}


@dataclass
class Total:
    batches: int = 0
    events: int = 0
    set_aside: int = 0
    is_busy: bool = False
    is_cut_short: bool = False

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
    with `wait` it waits for its turn. After `seconds` it leaves the rest, and says so by
    `is_cut_short`. Attempts are counted before they are made: what was in a failed claim
    is tried again in smaller and smaller groups behind the rest, and a batch that has
    failed five times, or killed its worker, is set aside with an alert, so that it never
    holds up others.
    """
    total, end = Total(), time.monotonic() + seconds
    while time.monotonic() < end:
        with tenant_scope(tenant_id):
            chosen, over = choose_batches(wait=wait)
        total.set_aside += over
        if chosen is None:
            total.is_busy = True
            return total
        if not _rolled_up(tenant_id, chosen, total, wait=wait):
            return total
    total.is_cut_short = True
    return total


def _rolled_up(tenant_id, chosen, total, *, wait) -> bool:
    """Roll these up, or write down what went wrong; False: there was nothing to do."""
    try:
        rolled = _patiently(tenant_id, batches=chosen, wait=wait)
    except Exception as error:  # noqa: BLE001 (whatever it is, it may not block others)
        _raise_outage(error)
        logger.exception("%s batches cannot be rolled up together", len(chosen))
        if len(chosen) == 1:
            with tenant_scope(tenant_id):
                total.set_aside += record_failure(chosen[0], error)
        return True
    total += rolled
    return rolled.batches > 0


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


def _raise_outage(error):
    if isinstance(error, OperationalError) and _code(error) in OUTAGE:
        raise error
    if transaction.get_connection().in_atomic_block:
        raise error  # the caller's transaction is broken: nothing can be written


def _code(error):
    return getattr(error.__cause__, "pgcode", None)
