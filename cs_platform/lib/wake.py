"""A hint to a worker that there is work; a sweep finds it anyway if the hint is lost."""

import logging
import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# After a failed hint no other is tried for a while: a request must not wait for a
# broker that is away.
PAUSE = 30  # seconds

_paused_until = 0.0


def wake(task, **arguments):
    """Ask a worker to run the task once this transaction has committed.

    Never fails and never repeats: what must not be lost is a row, not this message.
    """
    transaction.on_commit(lambda: _send(task, arguments))


def _send(task, arguments):
    global _paused_until  # noqa: PLW0603 (one switch for the process)
    if time.monotonic() < _paused_until:
        return
    try:
        current_app.send_task(task, kwargs=arguments, retry=False)
    except OperationalError as error:
        _paused_until = time.monotonic() + PAUSE
        logger.warning("no broker, %s is left to the sweep: %s", task, error)
