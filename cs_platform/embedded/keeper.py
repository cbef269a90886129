"""The process that owns both servers, restarts them, and ends them with the last lease.

It holds `var/run/keeper.lock` while it lives. Killed with -9 it takes both servers down
with it (the kernel tells them); the next `ensure()` starts another one.
"""

import fcntl
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

from . import Servers, _running
from .home import private_home
from .postgres import Postgres
from .process import Failed
from .programs import Programs
from .redis import Redis

# Nobody holds a lease for this long: the servers stop. Long enough for the next
# command of a script to find them still there.
LINGER_SECONDS = 5.0
TICK_SECONDS = 0.1
# In a row, before we give up. A postmaster that was killed leaves backends that hold
# its shared memory until they notice; those refusals pass by themselves.
ATTEMPTS = 20


def keep(var: Path) -> None:
    """Run both servers until nobody leases them. Says on stdout why it could not."""
    lock = os.open(var / "run/keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not _alone(var, lock):
        return
    keeper = Keeper(var)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, keeper.on_stop)
    signal.signal(signal.SIGUSR1, keeper.on_hurry)
    os.truncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    try:
        keeper.run()
    except Failed as failed:
        sys.stdout.write(str(failed))
        sys.exit(1)


def _alone(var: Path, lock: int) -> bool:
    """True with the lock in hand; False when another keeper has recovered by itself."""
    while not _running(var):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(TICK_SECONDS)
        else:
            return True
    return False


class Keeper:
    def __init__(self, var: Path):
        self.var = var
        self.address_file = var / "run/servers.json"
        self.is_stopping = False
        self.linger = LINGER_SECONDS
        self.idle_since: float | None = None
        self.lease = os.open(var / "run/lease", os.O_RDWR | os.O_CREAT, 0o600)

    def on_stop(self, *_: object) -> None:
        self.is_stopping = True

    def on_hurry(self, *_: object) -> None:
        self.linger = 0

    def run(self) -> None:
        self.address_file.unlink(missing_ok=True)
        self.home = private_home(self.var)
        programs = Programs.reachable(self.home)
        self.postgres = Postgres(programs, self.var, self.home / "pg")
        self.redis = Redis(programs, self.var, self.home / "redis")
        try:
            self._start()
            self._detach_output()
            while not (self.is_stopping or self._is_idle()):
                time.sleep(TICK_SECONDS)
                self._revive()
        finally:
            self.address_file.unlink(missing_ok=True)
            self.redis.stop()
            self.postgres.stop()
            shutil.rmtree(self.home, ignore_errors=True)

    def _start(self) -> None:
        self.postgres.prepare()
        self.redis.prepare()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                for server in (self.postgres, self.redis):
                    server.start()
                break
            except Failed:
                if attempt == ATTEMPTS or self.is_stopping:
                    raise
                time.sleep(min(attempt * 0.2, 2))
        self._publish()

    def _revive(self) -> None:
        if self.postgres.is_alive() and self.redis.is_alive():
            return
        self.address_file.unlink(missing_ok=True)
        self._start()

    def _publish(self) -> None:
        """Tell where the servers answer: whole or not at all."""
        servers = Servers(
            superuser_dsn=f"postgresql://postgres@/postgres?host={self.postgres.sockets}",
            redis_url=f"unix://{self.redis.socket}",
            pg_socket_dir=str(self.postgres.sockets),
        )
        draft = self.address_file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(servers)))
        draft.replace(self.address_file)

    def _is_idle(self) -> bool:
        """Whether nobody has leased us for a while; if so, the lease is now ours.

        Who asks for one while we hold it waits until we are gone, then starts anew.
        """
        try:
            fcntl.flock(self.lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.idle_since = None
            self.linger = LINGER_SECONDS
            return False
        self.idle_since = self.idle_since or time.monotonic()
        if time.monotonic() - self.idle_since >= self.linger:
            return True
        fcntl.flock(self.lease, fcntl.LOCK_UN)
        return False

    def _detach_output(self) -> None:
        """From here on, to the log: closing our stdout tells `ensure()` to go on."""
        log = os.open(
            self.var / "log/keeper.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
        )
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
