"""The hint that wakes a roll-up. Losing it costs ten seconds, never an event."""

import logging
import time

logger = logging.getLogger(__name__)

# A hint leaves this late, and serves all that is committed until then.
DELAY = 0.25  # seconds
# A worker that is this far behind has been told often enough. Not less: the last hint
# of a burst would expire behind other work, and the rest of it wait for the sweep.
EXPIRES = 30  # seconds
# And none for so long after the broker did not answer.
PAUSE = 15.0  # seconds

_last: dict[int, float] = {}
_silent_until = 0.0


def wake_roll_up(tenant_id: int) -> None:
    """Ask a worker to roll up the tenant, soon. Never raises; call it after commit.

    The task starts a moment later, so that one hint serves a burst; what comes after
    it brings its own.
    """
    now = time.monotonic()
    if now - _last.get(tenant_id, 0.0) < DELAY:
        return
    _last[tenant_id] = now
    _send(tenant_id, countdown=DELAY)


def go_on(tenant_id: int) -> None:
    """Queue the rest of a roll-up behind what other tenants wait for. Never raises."""
    _send(tenant_id)


def _send(tenant_id, **how):
    global _silent_until
    from usage.tasks import roll_up_tenant  # noqa: PLC0415 (tasks are leaves)

    if time.monotonic() < _silent_until:
        return
    try:
        roll_up_tenant.apply_async(
            kwargs={"tenant_id": tenant_id}, expires=EXPIRES, retry=False, **how
        )
    except Exception:  # noqa: BLE001 (a hint: the sweep comes anyway)
        _silent_until = time.monotonic() + PAUSE
        logger.warning("no hint for the roll-up: the broker does not answer")
