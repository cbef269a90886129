"""The hint that wakes a roll-up. Losing it costs ten seconds, never an event."""

import time

from cs_platform.lib.wake import send_hint

TASK = "usage.roll_up_tenant"
# A hint leaves this late, and serves all that is committed until then.
DELAY = 0.25  # seconds
# A worker that is this far behind has been told often enough. Not less: the last hint
# of a burst would expire behind other work, and the rest of it wait for the sweep.
EXPIRES = 30  # seconds

_last: dict[int, float] = {}


def wake_roll_up(tenant_id: int) -> None:
    """Ask a worker to roll up the tenant, soon. Never raises; call it after commit.

    The task starts a moment later, so that one hint serves a burst; what comes after
    it brings its own.
    """
    now = time.monotonic()
    if now - _last.get(tenant_id, 0.0) < DELAY:
        return
    _last[tenant_id] = now
    send_hint(TASK, {"tenant_id": tenant_id}, countdown=DELAY, expires=EXPIRES)


def go_on(tenant_id: int) -> None:
    """Queue the rest of a roll-up behind what other tenants wait for. Never raises."""
    send_hint(TASK, {"tenant_id": tenant_id}, expires=EXPIRES)
