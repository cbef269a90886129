"""Ends the demo's processes when the demo itself was killed and could not.

A fork that sleeps on a pipe. The kernel closes the other end however the demo dies,
on every Unix; then whatever it started and did not see ending is ended from here.
"""

import os
import signal
import time
from contextlib import suppress

PATIENCE_SECONDS = 15


class Watchdog:
    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        if os.fork() == 0:
            os.close(self._writing)
            os.setsid()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            _watch(reading)
            os._exit(0)
        os.close(reading)

    def close(self) -> None:
        """Nothing is left to watch; it ends by itself."""
        os.close(self._writing)

    def started(self, group: int) -> None:
        os.write(self._writing, f"+{group}\n".encode())

    def ended(self, group: int) -> None:
        os.write(self._writing, f"-{group}\n".encode())


def _watch(reading: int) -> None:
    groups: set[int] = set()
    with open(reading) as events:
        for event in events:
            change = groups.add if event[0] == "+" else groups.discard
            change(int(event[1:]))
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, number)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(map(_exists, groups)) and time.monotonic() < deadline:
            time.sleep(0.1)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
