"""The platform's own web server, on a port of its own, for tests that kill it."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager

import psutil
from django.conf import settings

from tests import databases
from tests.usage.recordings import KEY

HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode(),
    "Content-Type": "application/json",
}


class Web:
    """A running gunicorn: `port`, and how to hurt it."""

    def __init__(self, process, port, log):
        self.process, self.port, self.log = process, port, log

    @property
    def workers(self):
        return psutil.Process(self.process.pid).children()

    def kill_a_worker(self):
        self.workers[0].send_signal(signal.SIGKILL)

    def end_a_worker(self):
        self.workers[0].send_signal(signal.SIGTERM)


@contextmanager
def web(tmp_path, *, environment=None, workers=2, threads=4):
    """Start it against this test's database; it is gone afterwards."""
    port = free_port()
    log = (tmp_path / "web.log").open("ab")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "cs_platform.wsgi:application"),
            *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
            *("--workers", str(workers), "--threads", str(threads)),
            *("--log-level", "warning", "--no-control-socket"),
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, **(environment or databases.environment())},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        _wait_for(port)
        yield Web(process, port, tmp_path / "web.log")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def post(port, value, *, path="/v1/batch", headers=None, timeout=30):
    """The status and the answer of one request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    try:
        connection.request("POST", path, body, HEADERS | (headers or {}))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


def send_until_taken(port, value, seconds=60):
    """As a client library does it: again, until it is a 200. Its tries, its receipt."""
    statuses = Counter()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            status, said = post(port, value)
        except (OSError, http.client.HTTPException):
            status, said = 0, {}
        statuses[status] += 1
        if status == 200:
            return statuses, said
        time.sleep(0.1)
    raise AssertionError(f"never taken: {statuses}")


def at_once(jobs, *, threads):
    """Run callables in threads; their results in order. An error of one is raised."""
    results, errors, todo = {}, [], list(enumerate(jobs))
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not todo or errors:
                    return
                place, job = todo.pop(0)
            try:
                results[place] = job()
            except Exception as error:  # noqa: BLE001 (told to the test below)
                errors.append(error)

    started = [threading.Thread(target=work) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if errors:
        raise errors[0]
    return [results[place] for place in sorted(results)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
