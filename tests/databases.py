"""Databases for tests: a template migrated once by the owner, copied for each worker."""

import fcntl
import hashlib
import os
from contextlib import contextmanager

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from tenants import roles


def redis_url(url, number):
    """The same Redis, another of its numbered databases."""
    base = url.partition("?")[0]
    return f"{base}?db={number}"


def environment():
    """The variables with which a process of its own uses this worker's database."""
    return {
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url("owner"),
        "APP_DATABASE_URL": database_url("default"),
        "OPS_DATABASE_URL": database_url("ops"),
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "cs_platform.settings",
    }


def database_url(alias):
    own = connections[alias].settings_dict
    login = f"{own['USER']}:{own['PASSWORD']}"
    if own["HOST"].startswith("/"):
        return f"postgresql://{login}@/{own['NAME']}?host={own['HOST']}"
    return f"postgresql://{login}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"


@contextmanager
def fresh():
    """The name of an empty, migrated database, dropped afterwards."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    template = _template()
    name = f"test_{worker}_{os.getpid()}"
    with _server() as cursor, _lock():
        _drop(cursor, name)
        _create(cursor, name, template)
    yield name
    with _server() as cursor:
        _drop(cursor, name)


def empty():
    """Delete every row there is: the app role may not, and sees one tenant's only."""
    connections["owner"].close()
    if settings.EMBEDDED_SUPERUSER:
        _delete_all()
    else:
        _truncate_all()


def _delete_all():
    """As the superuser, past walls and keys: much faster than TRUNCATE of all tables."""
    name = connections["owner"].settings_dict["NAME"]
    connection = psycopg2.connect(settings.EMBEDDED_SUPERUSER, dbname=name)
    with connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role TO replica")
        for table in _tables(cursor):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        _drop_partitions(cursor)
    connection.close()


def _truncate_all():
    with connections["owner"].cursor() as cursor:
        tables = sql.SQL(", ").join(map(sql.Identifier, _tables(cursor)))
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))
        _drop_partitions(cursor)
    connections["owner"].close()


def _drop_partitions(cursor):
    """They are no rows, but what a test made is not there for the next one."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'usage_partitions'::regnamespace"
    )
    for (name,) in cursor.fetchall():
        table = sql.Identifier("usage_partitions", name)
        cursor.execute(sql.SQL("DROP TABLE {}").format(table))


def _tables(cursor):
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
        " AND NOT c.relispartition"
        " AND c.relname NOT IN ('django_migrations', 'django_content_type')"
    )
    return [name for (name,) in cursor.fetchall()]


def _template():
    """The template for the migrations there are now; made by whoever comes first."""
    name = f"test_template_{_fingerprint()}"
    with _lock(), _server() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            return name
        building = f"{name}_building"
        _drop(cursor, building)
        _create(cursor, building, "template0")
        _migrate(building)
        cursor.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(building), sql.Identifier(name)
            )
        )
    return name


def _migrate(name):
    for alias in ("default", "ops", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    roles.prepare_roles()
    call_command("migrate", database="owner", verbosity=0, skip_bootstrap=True)
    connections.close_all()


def _fingerprint():
    """Changes when a migration, the wall or the roles change."""
    digest = hashlib.sha256()
    sources = sorted(settings.BASE_DIR.glob("*/migrations/*.py"))
    sources += [settings.BASE_DIR / "tenants" / f"{n}.py" for n in ("wall", "roles")]
    for path in sources:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _lock():
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / "test-databases.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _server():
    """A cursor, outside any transaction, of a role that may create databases."""
    if settings.EMBEDDED_SUPERUSER:
        roles.create_embedded_database()
        connection = psycopg2.connect(settings.EMBEDDED_SUPERUSER)
    else:
        own = settings.DATABASES["owner"]
        connection = psycopg2.connect(
            host=own["HOST"],
            port=own.get("PORT") or None,
            dbname="postgres",
            user=own["USER"],
            password=own["PASSWORD"],
        )
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def _create(cursor, name, template):
    cursor.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name),
            sql.Identifier(settings.DATABASES["owner"]["USER"]),
            sql.Identifier(template),
        )
    )


def _drop(cursor, name):
    cursor.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )
