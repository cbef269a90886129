"""A server process: started so that it cannot outlive us, and found again if it did."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVERS = ("postgres", "redis-server")
LOG_BYTES = 10_000_000


class Failed(Exception):
    """A server did not start; the message ends with the last lines of its log."""


def spawn(
    command: list, *, log: Path, last_words: signal.Signals, **options
) -> subprocess.Popen:
    """Start a server whose output goes to `log`. `last_words` reach it if we are killed."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent(last_words),
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            **options,
        )


def wait_until_ready(
    process: subprocess.Popen, ready: Callable[[int], bool], log: Path
) -> None:
    """Wait as long as the process lives: crash recovery takes what it takes."""
    while not ready(process.pid):
        if process.poll() is not None:
            raise Failed(f"ended with {process.returncode}:\n{tail(log)}")
        time.sleep(0.02)


def end(process: subprocess.Popen | None, number: signal.Signals) -> None:
    """Ask it to stop; insist after a minute."""
    if process is None or process.poll() is not None:
        return
    for demand, patience in ((number, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
        process.send_signal(demand)
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue


def end_orphan(pid_file: Path, directory: Path, number: signal.Signals) -> None:
    """End what an earlier keeper left running in `directory`, and forget its pid.

    A pid in a file may by now be anybody's (a reboot, a container): only a server that
    works in `directory` is ours.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    deadline = time.monotonic() + 90
    while _works_in(pid, directory):
        demand = number if time.monotonic() < deadline else signal.SIGQUIT
        with suppress(ProcessLookupError):
            os.kill(pid, demand)
        time.sleep(0.2)
    pid_file.unlink(missing_ok=True)


def end_stragglers(directory: Path) -> None:
    """Kill whatever works in `directory`: the children of a server that is dead.

    They end by themselves, but only once they look up; one deep in a computation would
    hold the shared memory, and so the restart, until it is done. (Elsewhere than on
    Linux we wait for that.)
    """
    if sys.platform != "linux":
        return
    pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    for pid in pids:
        if _works_in(pid, directory):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])


def _works_in(pid: int, directory: Path) -> bool:
    """Whether it is a server of `directory` (elsewhere than on Linux: a server)."""
    if sys.platform != "linux":
        command = ["ps", "-o", "comm=", "-p", str(pid)]
        seen = subprocess.run(command, capture_output=True, text=True).stdout
        return seen.strip().endswith(SERVERS)
    process = Path(f"/proc/{pid}")
    try:
        is_server = (process / "comm").read_text().strip() in SERVERS
        return is_server and (process / "cwd").samefile(directory)
    except OSError:
        return False


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """For the child, between fork and exec (after the change of user, which clears it)."""
    if sys.platform != "linux":
        return lambda: None  # the next keeper ends what this one left
    libc, parent = ctypes.CDLL(None), os.getpid()

    def tell_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # killed in between
            os._exit(1)

    return tell_kernel
