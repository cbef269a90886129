"""The built-in PostgreSQL: made once, safe on disk, reachable through a socket only."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from .process import Failed, end, end_orphan, end_stragglers, spawn, wait_until_ready
from .programs import Programs

# Durability as in production: what is acknowledged here must survive a kill -9 too.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "wal_compression": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# The superuser is whoever owns the servers, asked of the kernel; every other role
# shows its password. So the application's role cannot become another by naming it.
ACCESS = """\
local all postgres peer map=owner
local all all scram-sha-256
"""


class Postgres:
    def __init__(self, programs: Programs, var: Path, sockets: Path):
        self.programs = programs
        self.data = var / "postgres"
        self.log = var / "log/postgres.log"
        self.sockets = sockets
        self.process: subprocess.Popen | None = None

    def prepare(self) -> None:
        """Make the cluster if there is none; end a server that outlived its keeper."""
        self.programs.own(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._check_owner()
        end_orphan(self.data / "postmaster.pid", self.data, signal.SIGINT)
        me = pwd.getpwuid(os.geteuid()).pw_name
        (self.data / "pg_hba.conf").write_text(ACCESS)
        (self.data / "pg_ident.conf").write_text(f'owner "{me}" postgres\n')

    def start(self) -> None:
        """Start it and wait for the end of recovery. Does nothing if it runs."""
        if self.is_alive():
            return
        end_stragglers(self.data)
        flags = [
            flag for item in SETTINGS.items() for flag in ("-c", "{}={}".format(*item))
        ]
        self.process = self._run(
            spawn,
            [self.programs.postgres, "-k", self.sockets, *flags],
            self.data,
            log=self.log,
            last_words=signal.SIGINT,
        )
        wait_until_ready(self.process, self._is_ready, self.log)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        end(self.process, signal.SIGINT)

    def _is_ready(self, pid: int) -> bool:
        """PostgreSQL's own word for it: line 8 of postmaster.pid, as pg_ctl reads it."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        is_new = lines[:1] == [str(pid)]
        return is_new and lines[7:8] != [] and lines[7].strip() == "ready"

    def _initialise(self) -> None:
        # Beside, then renamed: a cluster half made is never taken for a whole one.
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        self.programs.own(draft)
        command = [
            self.programs.initdb,
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth=peer",
        ]
        made = self._run(subprocess.run, command, draft, capture_output=True, text=True)
        if made.returncode:
            raise Failed(f"initdb: {made.stderr}")
        draft.rename(self.data)

    def _check_owner(self) -> None:
        account = self.programs.account
        wanted = account.pw_uid if account else os.geteuid()
        found = self.data.stat().st_uid
        if found != wanted:
            raise Failed(
                f"{self.data} belongs to user {found}, and would be used as {wanted}. "
                "It was made as another user: go on as that one, or `make clean`."
            )

    def _run(self, run, command: list, data: Path, **options):
        """Run a program on the data directory as the servers' user.

        That user may not be able to walk to it (a checkout below /root). The directory
        itself is theirs, and on Linux an open descriptor leads there without the walk.
        """
        handle = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        is_walkable = self.programs.account is None or sys.platform != "linux"
        place = data if is_walkable else f"/proc/self/fd/{handle}"
        program, *arguments = [str(part) for part in command]
        try:
            return run(
                [program, "-D", str(place), *arguments],
                cwd="/",
                pass_fds=(handle,),
                **self.programs.identity(),
                **options,
            )
        finally:
            os.close(handle)
