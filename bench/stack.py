"""A platform of its own to measure: fresh servers, a workspace, a source, web processes."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cs_platform import embedded

ROOT = Path(__file__).resolve().parent.parent
KEY = "c0benchkey0benchkey0bench"
NOBODY_LISTENS = 0.1  # seconds between two tries


@dataclass
class Stack:
    """Where it answers, and how to reach beneath it."""

    port: int
    var: Path
    environment: dict
    superuser_dsn: str
    redis_url: str
    web_pid: int
    tenant_id: int = 0
    source_id: str = ""

    def connect(self):
        """A connection of the superuser: for references, and for counting."""
        import psycopg2  # noqa: PLC0415 (the built-in servers know no Django)

        connection = psycopg2.connect(self.superuser_dsn, dbname="cs_platform")
        connection.autocommit = True
        return connection

    def ask(self, statement):
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()
        finally:
            connection.close()

    @contextmanager
    def process(self, command):
        with _process(command, self.environment, self.var) as started:
            yield started


@contextmanager
def stack(*, web_processes=2, threads=8):
    """Everything freshly made in a directory of its own, and taken away again."""
    with ExitStack() as undo:
        var = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="cs-bench-")))
        servers = embedded.ensure(var)
        undo.callback(embedded.stop, var)
        environment = _environment(var)
        for command in (
            "migrate --verbosity 0",
            "create_tenant bench --name Bench",
            f"create_source --tenant bench --name Load --key {KEY}",
        ):
            manage_output(command, environment)
        port = _free_port()
        web = (
            f"{sys.executable} -m gunicorn cs_platform.wsgi:application --bind"
            f" 127.0.0.1:{port} --worker-class gthread --workers {web_processes}"
            f" --threads {threads} --timeout 60 --log-level warning"
        )
        started = undo.enter_context(_process(web, environment, var))
        _wait_for(port)
        made = Stack(
            port,
            var,
            environment,
            servers.superuser_dsn,
            servers.redis_url,
            started.pid,
        )
        made.tenant_id, made.source_id = made.ask(
            "SELECT tenant_id, id::text FROM usage_source"
        )
        yield made


@contextmanager
def in_process():
    """A stack that this process is part of: Django set up for it, its files collected."""
    with stack(web_processes=1) as platform:
        os.environ.update(platform.environment, ALLOWED_HOSTS="*")
        import django  # noqa: PLC0415 (its settings read what was just put there)

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        call_command("collectstatic", "--noinput", verbosity=0)
        yield platform


def _environment(var):
    kept = ("PATH", "HOME", "LANG", "PYTHONPATH")
    mine = {name: os.environ[name] for name in kept if name in os.environ}
    return mine | {
        "VAR_DIR": str(var),
        "SECRET_KEY": "of-the-benchmark-and-of-nothing-else-at-all-0123456789",
        "LOG_LEVEL": "WARNING",
        "USAGE_RATE_PER_SOURCE": "1000000000/minute",
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }


def manage_output(command, environment):
    """Run a command of manage.py on the platform; what it printed."""
    return subprocess.run(
        [sys.executable, "manage.py", *shlex.split(command)],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@contextmanager
def _process(command, environment, var):
    with open(var / "log/bench.log", "ab") as log:
        started = subprocess.Popen(
            shlex.split(command),
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(NOBODY_LISTENS)
        else:
            return
