"""A hint to a worker that there is work; a sweep finds it anyway if the hint is lost."""

import logging
import time
from dataclasses import dataclass

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# After a failed hint no other is tried for a while: a request must not wait for a
# broker that is away.
PAUSE = 30  # seconds

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
        _send(self.task, dict(self.arguments))


def _send(task, arguments):
    global _paused_until  # noqa: PLW0603 (one switch for the process)
    if time.monotonic() < _paused_until:
        return
    try:
        current_app.send_task(task, kwargs=arguments, retry=False)
    except OperationalError as error:
        _paused_until = time.monotonic() + PAUSE
        logger.warning("no broker, %s is left to the sweep: %s", task, error)
