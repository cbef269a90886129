"""The three roles of the database: owner (migrations), app (web, workers), ops."""

from django.conf import settings
from django.db import ProgrammingError, connections
from psycopg2 import sql

from tenants.wall import OPS_GROUP

# Written once, never changed: the app may add, not alter.
APPEND_ONLY = (
    "tenants_auditentry",
    "renewals_forecastweek",
    "renewals_forecastsnapshot",
)


def prepare_roles():
    """Create the app and ops roles if missing, with their passwords. Safe to repeat.

    Run as the owner (or the built-in superuser). Raises ProgrammingError when the
    owner may not create roles and they do not exist.
    """
    with connections["owner"].cursor() as cursor:
        _ensure_group(cursor)
        for alias in ("default", "ops"):
            _ensure_login(cursor, connections[alias].settings_dict)
        ops = sql.Identifier(connections["ops"].settings_dict["USER"])
        cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(OPS_GROUP), ops))


def grant():
    """Give each role what it needs and no more, on every table there is now."""
    app = sql.Identifier(connections["default"].settings_dict["USER"])
    ops = sql.Identifier(connections["ops"].settings_dict["USER"])
    with connections["owner"].cursor() as cursor:
        for statement in _grants():
            cursor.execute(sql.SQL(statement).format(app=app, ops=ops))
        for table in APPEND_ONLY:
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(
                    sql.Identifier(table), app
                )
            )


def _grants():
    return [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}, {ops}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app}",
        "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ops}",
    ]


def _ensure_group(cursor):
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OPS_GROUP])
    if not cursor.fetchone():
        cursor.execute(
            sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(OPS_GROUP))
        )


def _ensure_login(cursor, database):
    name, password = database["USER"], database["PASSWORD"]
    if name == connections["owner"].settings_dict["USER"]:
        raise ProgrammingError(
            f"{name} is the owner: give web and workers another role."
        )
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    cursor.execute(
        sql.SQL(f"{verb} ROLE {{}} LOGIN PASSWORD %s").format(sql.Identifier(name)),
        [password],
    )


def create_embedded_database():
    """In the built-in server: the owner role and its database, if missing."""
    import psycopg2  # noqa: PLC0415 (only here, and only for the built-in server)

    owner = settings.DATABASES["owner"]
    connection = psycopg2.connect(settings.EMBEDDED_SUPERUSER)
    connection.autocommit = True
    with connection.cursor() as cursor:
        create_database(cursor, owner["NAME"], owner["USER"], owner["PASSWORD"])
    connection.close()


def create_database(cursor, name, owner, password):
    """Create the role `owner` (may create roles) and a database of its own."""
    cursor.execute("SELECT pg_advisory_lock(7262)")
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    cursor.execute(
        sql.SQL(f"{verb} ROLE {{}} LOGIN CREATEROLE PASSWORD %s").format(
            sql.Identifier(owner)
        ),
        [password],
    )
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if not cursor.fetchone():
        cursor.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING UTF8"
            ).format(sql.Identifier(name), sql.Identifier(owner))
        )
    cursor.execute("SELECT pg_advisory_unlock(7262)")
