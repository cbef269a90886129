"""Which processes are still at work."""

import time
from contextlib import suppress

import psutil


def wait_for_the_end(*processes, seconds=30):
    """The names of those still at work after `seconds`."""
    deadline = time.monotonic() + seconds
    while (alive := at_work(processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def at_work(processes):
    alive = []
    for process in processes:
        # What has ended but not been collected by init yet has ended.
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process.name())
    return alive
