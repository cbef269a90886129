"""A body that only trickles in must not hold a thread for ever.

A socket's own timeout begins anew with every byte. So one thread of the process looks
once a second for readers that are late, and ends the receiving side of their socket:
the reader then sees the end of the body, and answers.
"""

import itertools
import socket
import threading
import time
from contextlib import contextmanager, suppress

from django.conf import settings

# Slower than this, on top of the time everybody has, and a body is late.
BYTES_PER_SECOND = 64 * 1024

_readers: dict[int, tuple[float, socket.socket]] = {}
_numbers = itertools.count()
_starting = threading.Lock()
_watch: threading.Thread | None = None


@contextmanager
def deadline(request, size):
    """Ends the reading of a body of `size` bytes inside it when it takes too long.

    Does nothing under a server that does not hand out the socket.
    """
    client = request.META.get("gunicorn.socket")
    if client is None:
        yield
        return
    _start()
    number = next(_numbers)
    seconds = settings.USAGE_BODY_SECONDS + size / BYTES_PER_SECOND
    _readers[number] = (time.monotonic() + seconds, client)
    try:
        yield
    finally:
        _readers.pop(number, None)


def _start():
    # Not at import: a thread does not survive the fork of the web server.
    global _watch  # noqa: PLW0603 (one for the process)
    if _watch is None or not _watch.is_alive():
        with _starting:
            if _watch is None or not _watch.is_alive():
                _watch = threading.Thread(target=_look, name="deadlines", daemon=True)
                _watch.start()


def _look():
    while True:
        time.sleep(1)
        now = time.monotonic()
        for number, (until, client) in list(_readers.items()):
            if until < now:
                _readers.pop(number, None)
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RD)
