"""A hint to a worker that there is work; a sweep finds it anyway if the hint is lost."""

import logging
import time
from dataclasses import dataclass

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu import Connection
from kombu.pools import producers

logger = logging.getLogger(__name__)

# A request waits no longer than this for a broker that does not answer, ...
TIMEOUT = 0.1  # seconds
# ... and after a failed hint no other is tried for a while.
PAUSE = 15  # seconds
IMPATIENT = {
    "socket_timeout": TIMEOUT,
    "socket_connect_timeout": TIMEOUT,
    "connect_retries_timeout": TIMEOUT,
    "max_retries": 0,
}

_paused_until = 0.0


def wake(task, **arguments):
    """Ask a worker to run the task once this transaction has committed.

    Never fails and never repeats: what must not be lost is a row, not this message.
    Asked twice in one transaction it is sent once.
    """
    hint = Hint(task, tuple(sorted(arguments.items())))
    if hint not in [waiting for _, waiting, _ in connection.run_on_commit]:
        transaction.on_commit(hint)


@dataclass(frozen=True)
class Hint:
    task: str
    arguments: tuple

    def __call__(self):
        send_hint(self.task, dict(self.arguments))


def send_hint(task, arguments, **options):
    """Send it now. Never raises; a broker that is away or frozen costs a moment, and
    then nothing for a while. `options` are those of `apply_async`.
    """
    global _paused_until  # noqa: PLW0603 (one switch for the process)
    if time.monotonic() < _paused_until:
        return
    try:
        with producers[_broker()].acquire(block=True, timeout=TIMEOUT) as producer:
            current_app.send_task(
                task, kwargs=arguments, producer=producer, retry=False, **options
            )
    except Exception as error:  # noqa: BLE001 (a hint: the sweep comes anyway)
        _paused_until = time.monotonic() + PAUSE
        logger.warning("no broker, %s is left to the sweep: %s", task, error)


def _broker():
    """Workers wait patiently for the same broker; who serves a request may not."""
    return Connection(
        settings.CELERY_BROKER_URL,
        transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS | IMPATIENT,
    )
