"""The built-in Redis: carries work, keeps nothing, refuses rather than forgets."""

import signal
import socket
import subprocess
from pathlib import Path

from .process import end, end_orphan, spawn, wait_until_ready
from .programs import Programs


class Redis:
    def __init__(self, programs: Programs, var: Path, directory: Path):
        self.programs = programs
        self.directory = directory
        self.socket = directory / "redis.sock"
        self.log = var / "log/redis.log"
        self.process: subprocess.Popen | None = None

    def prepare(self) -> None:
        """End a server that outlived its keeper."""
        self.programs.own(self.directory)
        end_orphan(self.directory / "redis.pid", self.directory, signal.SIGTERM)

    def start(self) -> None:
        """Start it and wait until it answers. Does nothing if it runs."""
        if self.is_alive():
            return
        settings = {
            "port": "0",
            "unixsocket": "redis.sock",
            "unixsocketperm": "700",
            "pidfile": "redis.pid",
            "save": "",
            "appendonly": "no",
            # An evicted queue is work silently lost; a refused one is retried.
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        flags = [
            flag for name, value in settings.items() for flag in (f"--{name}", value)
        ]
        self.process = spawn(
            [self.programs.redis, *flags],
            log=self.log,
            last_words=signal.SIGTERM,
            cwd=self.directory,
            **self.programs.identity(),
        )
        wait_until_ready(self.process, self._answers, self.log)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        end(self.process, signal.SIGTERM)

    def _answers(self, pid: int) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
