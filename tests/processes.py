"""Workers that can be killed: copies of this process with connections of their own."""

import os
import signal
import time

from django.db import connections


def start(work, *args, **kwargs):
    """Run `work` in a process of its own; returns its id."""
    connections.close_all()  # or both would speak over one connection
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work(*args, **kwargs)
        connections.close_all()
        code = 0
    finally:
        os._exit(code)


def wait(pid) -> int:
    """How it ended: its exit code, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_after(pid, seconds) -> bool:
    """kill -9 after a while; whether it was still at work."""
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return wait(pid) == -signal.SIGKILL
