"""The demo as a person runs it: started, stopped, killed, and started again."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from cs_platform import embedded
from tests.platform.processes import wait_for_the_end

BASE_DIR = Path(embedded.__file__).parent.parent.parent
DEMO = [sys.executable, "-m", "cs_platform.demo", "--empty"]


@pytest.fixture
def var(tmp_path):
    yield tmp_path / "var"
    embedded.stop(tmp_path / "var")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def demo(var, port):
    """The running demo and all its processes, the built-in servers included."""
    # DEBUG: static files are served as they are, not hashed and compressed first.
    environment = {**os.environ, "VAR_DIR": str(var), "PORT": str(port), "DEBUG": "1"}
    process = subprocess.Popen(
        DEMO, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        read_until(process, "Ready:")
        supervisor = psutil.Process(process.pid)
        keeper = psutil.Process(int((var / "run/keeper.lock").read_text()))
        children = supervisor.children(recursive=True)
        yield supervisor, [*children, keeper, *keeper.children()]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def read_until(process, text):
    for line in process.stdout:
        if text in line:
            return line
    pytest.fail(f"the demo ended before it said {text!r}")


def dsn(var):
    return embedded.ensure(var).superuser_dsn


def remember(var):
    with psycopg2.connect(dsn(var)) as connection, connection.cursor() as cursor:
        cursor.execute("create table kept as select 42 as answer")
    connection.close()
    embedded.release(var)


def recalled(var):
    with psycopg2.connect(dsn(var)) as connection, connection.cursor() as cursor:
        cursor.execute("select answer from kept")
        answer = cursor.fetchone()[0]
    connection.close()
    embedded.release(var)
    return answer


@pytest.mark.slow
def test_demo_heals_itself_and_ctrl_c_leaves_no_process_and_keeps_the_data(var, port):
    with demo(var, port) as (supervisor, processes):
        remember(var)
        keeper = next(p for p in processes if "keep" in p.cmdline())
        web = next(p for p in processes if "gunicorn" in " ".join(p.cmdline()))
        keeper.kill()
        web.kill()
        wait_for_the_end(keeper, web)

        ready = retry(f"http://127.0.0.1:{port}/readyz")
        healed = supervisor.children(recursive=True)
        supervisor.send_signal(signal.SIGINT)
        code = supervisor.wait(120)
        left = [p.pid for p in (*processes, *healed) if p.is_running()]

    assert (ready, code, left) == (200, 0, [])
    assert len(healed) > 8  # those of the Procfile, their own, the three servers
    assert recalled(var) == 42


@pytest.mark.slow
def test_kill_9_of_the_demo_leaves_no_process_and_keeps_the_data(var, port):
    with demo(var, port) as (supervisor, processes):
        remember(var)
        supervisor.kill()

        survivors = wait_for_the_end(*processes, seconds=40)

    assert survivors == []
    assert recalled(var) == 42


def retry(url):
    """The status of the first answer that is not an error; the test's end otherwise."""
    for _ in range(300):
        with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status
        signal.sigtimedwait([], 0.1)
    return None


def test_demo_refuses_a_taken_port_in_words(var, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        environment = {**os.environ, "VAR_DIR": str(var), "PORT": str(port)}

        refused = subprocess.run(
            DEMO, cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )

    assert refused.returncode == 1
    assert re.findall(r"make demo PORT=(\d+)", refused.stderr) == [str(port + 1)]
