"""PgBouncer in transaction mode, with one connection for each role."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from django.db import connections

from tests import databases
from tests.faults.redis_server import wait_for
from tests.usage.live import free_port

SETTINGS = """
[databases]
{databases}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
max_client_conn = 100
query_wait_timeout = 30
"""


@contextmanager
def pooled_environment():
    """The variables with which a process reaches this test's database through it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="cs-pooler-") as directory:
        path = Path(directory) / "pgbouncer.ini"
        lines = "\n".join(_line(alias) for alias in ("default", "ops"))
        path.write_text(SETTINGS.format(databases=lines, port=port))
        with (Path(directory) / "log").open("wb") as log:
            process = subprocess.Popen(
                [_program(), str(path)], stdout=log, stderr=log, **_identity(directory)
            )
        try:
            wait_for(lambda: _answers(port))
            yield databases.environment() | {
                "APP_DATABASE_URL": f"postgresql://any:any@127.0.0.1:{port}/default",
                "OPS_DATABASE_URL": f"postgresql://any:any@127.0.0.1:{port}/ops",
            }
        finally:
            process.terminate()
            process.wait()


def _line(alias):
    """A database as the pooler names it, and how it reaches it."""
    own = connections[alias].settings_dict
    return (
        f"{alias} = host={own['HOST']} port={own['PORT'] or 5432} dbname={own['NAME']}"
        f" user={own['USER']} password={own['PASSWORD']}"
    )


def _program():
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, "these tests need pgbouncer: `make test` installs it for root"
    return found


def _identity(directory):
    """It refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for path in (directory, f"{directory}/pgbouncer.ini"):
        shutil.chown(path, "nobody")
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _answers(port):
    try:
        psycopg2.connect(
            host="127.0.0.1", port=port, dbname="default", user="any"
        ).close()
    except psycopg2.OperationalError:
        return False
    return True
