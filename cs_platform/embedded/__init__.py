"""The built-in PostgreSQL and Redis, for the demo, for tests and for development.

Both servers belong to one directory (`var`) and to one small *keeper* process. Whoever
uses them holds a shared lock on `var/run/lease`; the kernel drops it however that
process dies, and the keeper, finding nobody left, stops both servers cleanly. Data
stays in `var/postgres`; Redis keeps nothing, as nothing may depend on it.

This package knows no Django and imports only itself: the keeper must not load the
settings that are waiting for it.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# Crash recovery after a kill -9 under load takes its time; we wait for it.
START_SECONDS = 600

_leases: dict[Path, int] = {}


@dataclass(frozen=True)
class Servers:
    """Where the running servers answer."""

    superuser_dsn: str
    redis_url: str
    pg_socket_dir: str

    def database_url(self, *, role: str, password: str = "", name: str) -> str:
        """A URL that libpq and django-environ both read."""
        login = f"{quote(role, safe='')}:{quote(password, safe='')}".removesuffix(":")
        return f"postgresql://{login}@/{quote(name)}?host={quote(self.pg_socket_dir)}"

    def broker_url(self, database: int = 0) -> str:
        """The same Redis, spelled as Celery wants it."""
        path = self.redis_url.removeprefix("unix://")
        return f"redis+socket://{path}?virtual_host={database}"


class ServersFailed(RuntimeError):
    """The built-in servers did not start; the message says what they said."""


def ensure(var: Path) -> Servers:
    """Lease the servers of `var` for the life of this process; start them if needed.

    Safe from many processes at once, and cheap (two locks, one small file) when they
    are running. Raises `ServersFailed` with the end of the log when they cannot start.
    """
    var = _prepared(var)
    lease(var)
    if servers := _running(var):
        return servers
    with _locked(var / "run/start.lock"):
        return _running(var) or _started(var)


def lease(var: Path) -> None:
    """Keep the servers of `var` alive as long as this process (or a fork of it) lives."""
    var = _prepared(var)
    if var not in _leases:
        lock = os.open(var / "run/lease", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        _leases[var] = lock


def release(var: Path) -> None:
    """Give the lease back; if it was the last one, wait until the servers are down."""
    var = _prepared(var)
    if (lock := _leases.pop(var, None)) is not None:
        os.close(lock)
    if keeper := _keeper_pid(var):
        _signal(keeper, signal.SIGUSR1)
        _wait(lambda: not _running(var), seconds=1.5)
        if not _running(var):  # or somebody else holds a lease, and they stay
            _wait(lambda: not _keeper_pid(var), seconds=60)


def stop(var: Path) -> None:
    """Stop the servers of `var`, leased or not. Data stays."""
    var = _prepared(var)
    if keeper := _keeper_pid(var):
        _signal(keeper, signal.SIGTERM)
        _wait(lambda: not _keeper_pid(var), seconds=120)


def _started(var: Path) -> Servers:
    here = Path(__file__).resolve().parent
    # As `embedded`, not as `cs_platform.embedded`: the frame's own __init__ may load
    # Celery, and with it the settings.
    command = [sys.executable, "-m", here.name, "keep", str(var)]
    try:
        # The keeper closes its output when the servers answer; until then we read.
        keeper = subprocess.run(
            command, cwd=here.parent, stdout=subprocess.PIPE, timeout=START_SECONDS
        )
    except subprocess.TimeoutExpired as slow:
        raise ServersFailed(f"not ready after {START_SECONDS} s: {var}/log") from slow
    if servers := _running(var):
        return servers
    raise ServersFailed(keeper.stdout.decode(errors="replace") or f"see {var}/log")


def _prepared(var: Path) -> Path:
    var = Path(var).resolve()
    for name in ("run", "log"):
        (var / name).mkdir(parents=True, exist_ok=True)
    return var


def _running(var: Path) -> Servers | None:
    if not _keeper_pid(var):
        return None
    try:
        return Servers(**json.loads((var / "run/servers.json").read_text()))
    except FileNotFoundError:
        return None


def _keeper_pid(var: Path) -> int | None:
    """The living keeper; a file alone proves nothing, the lock it holds does."""
    try:
        with open(var / "run/keeper.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((var / "run/keeper.lock").read_text() or 0) or None
    return None


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)


def _wait(done: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(path, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
