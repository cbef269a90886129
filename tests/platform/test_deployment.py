"""The files of a deployment agree with the settings and with each other."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import yaml
from django.conf import settings

from cs_platform import embedded

ROOT = Path(settings.BASE_DIR)
# Set by compose or by the shell for the files below, not read by the settings.
NOT_SETTINGS = {
    "APP_DB_PASSWORD",
    "BULK_CONCURRENCY",
    "LEARNER_CONCURRENCY",
    "MAKER_CONCURRENCY",
    "HOST",
    "OPS_DB_PASSWORD",
    "OWNER_DB_PASSWORD",
    "PUBLISH",
    "WEB_CONCURRENCY",
    "WEB_THREADS",
    "WORKER_CONCURRENCY",
}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def procfile():
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def queues(words):
    """The queues that a worker's command line names, if it is one."""
    return words[words.index("-Q") + 1].split(",") if "-Q" in words else []


def routed():
    names = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    return sorted(names | {settings.CELERY_TASK_DEFAULT_QUEUE})


def variables():
    """Every variable that the settings read."""
    code = (ROOT / "cs_platform/settings.py").read_text()
    return set(re.findall(r"""(?:env\.\w+|_role)\(\s*["']([A-Z_]+)["']""", code))


def test_env_example_lists_every_variable_of_the_settings_and_no_other():
    example = (ROOT / ".env.example").read_text()

    listed = set(re.findall(r"^#([A-Z_]+)=", example, flags=re.MULTILINE))

    assert listed - variables() == NOT_SETTINGS
    assert variables() - listed == set()


def test_compose_passes_every_variable_on_but_those_of_development(compose):
    passed = set(compose["migrate"]["environment"])

    assert variables() - passed == {"DEBUG", "PORT", "VAR_DIR"}


def test_each_queue_has_one_worker_of_the_procfile():
    served = [q for line in procfile().values() for q in queues(shlex.split(line))]

    assert sorted(served) == routed()


def test_each_queue_has_one_service_of_compose(compose):
    commands = [service.get("command", []) for service in compose.values()]

    assert sorted(q for command in commands for q in queues(command)) == routed()


def test_compose_runs_what_the_procfile_runs(compose):
    stores = {"postgres", "redis", "migrate"}

    assert set(compose) == stores | set(procfile())


def test_the_image_serves_as_the_procfile_does():
    command = re.search(r'CMD \[.*"exec (.*)"\]', (ROOT / "Dockerfile").read_text())[1]
    served = command.removesuffix(" --worker-tmp-dir /dev/shm").split(" --", 2)
    wanted = procfile()["web"].split(" --", 2)

    assert (served[0], served[2]) == (wanted[0], wanted[2])


def test_only_migrate_knows_the_owner(compose):
    knowing = [
        name
        for name, service in compose.items()
        if "OWNER_DB_PASSWORD" in str(service) and name != "postgres"
    ]

    assert knowing == ["migrate"]


def test_every_service_that_stays_says_whether_it_is_well(compose):
    silent = [name for name, service in compose.items() if "healthcheck" not in service]

    assert silent == ["migrate"]


def test_the_broker_refuses_rather_than_forgets(compose):
    command = compose["redis"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_image_holds_every_app():
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert sorted(app for app in apps if f"!{app}" not in kept) == []


READY = """
import django
django.setup()
from django.test import Client
print(Client().get("/readyz").json())
"""


@pytest.fixture
def servers(tmp_path):
    yield embedded.ensure(tmp_path / "var")
    embedded.stop(tmp_path / "var")


def run(*command, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {"DJANGO_SETTINGS_MODULE": "cs_platform.settings", "SECRET_KEY": "s" * 50}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | own | environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_migrate_makes_the_roles_with_which_web_needs_no_owner(servers, tmp_path):
    """As in docker-compose.yml, but for the hosts."""
    connection = psycopg2.connect(servers.superuser_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("create role cs_owner login createrole password 'o'")
        cursor.execute("create database cs owner cs_owner")
    connection.close()
    owner, app, ops = (
        servers.database_url(role=f"cs_{name}", password=name[0], name="cs")
        for name in ("owner", "app", "ops")
    )
    stores = {"REDIS_URL": servers.redis_url, "VAR_DIR": str(tmp_path / "app")}
    web = {"APP_DATABASE_URL": app, "OPS_DATABASE_URL": ops, **stores}

    migrated = run(
        "manage.py", "migrate", "--verbosity", "0", DATABASE_URL=owner, **web
    )
    ready = run("-c", READY, ALLOWED_HOSTS="testserver", **web)
    refused = run("manage.py", "migrate", **web)

    assert migrated == (0, "")
    assert ready[0] == 0
    assert "'status': 'ok'" in ready[1]
    assert refused[0] == 1
    assert "cs_app is the owner" in refused[1]
