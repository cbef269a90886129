"""Collects what ends after its parent, where init is slow to do so (or there is none)."""

import ctypes
import os
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on, what our children leave behind is ours, not init's (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def collect_orphans(seconds: float = 3) -> None:
    """Wait for everything that is ours to be gone, defunct entries included."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            time.sleep(0.05)
