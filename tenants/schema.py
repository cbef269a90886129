"""The rules of the schema, asked of the database itself (docs/architecture.md).

Three kinds of tables: *tenant* (behind the wall, spread by tenant), *global* (small,
the same everywhere, no customer data) and *local* (of the framework).
"""

from django.apps import apps
from django.db import connections

from tenants.wall import OPS_GROUP

GLOBAL = frozenset(
    {
        "tenants_tenant",
        "tenants_user",
        "tenants_membership",
        "tenants_credential",
        "account_emailaddress",
        "account_emailconfirmation",
        "mfa_authenticator",
    }
)
LOCAL_PREFIXES = ("django_", "auth_")
# May run as the owner: they make partitions and read no rows.
DEFINERS = frozenset(
    {
        "usage_make_event_partition",
        "usage_drop_event_partition",
        "usage_make_key_generation",
        "usage_drop_key_generation",
    }
)
# Rows of a table that is never spread: a distributed database keeps it whole.
EXTENSIONS = frozenset({"plpgsql"})


def problems() -> list[str]:
    """What breaks a rule, in words; empty when the schema is sound."""
    with connections["owner"].cursor() as cursor:
        rules = (_roles, _walls, _partitions, _keys, _references, _columns, _objects)
        return [problem for rule in rules for problem in rule(cursor)]


def tenant_tables(cursor) -> set[str]:
    """Every table that must stand behind the wall: all that is neither of the rest."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p')"
    )
    return {
        name
        for (name,) in cursor.fetchall()
        if name not in GLOBAL and not name.startswith(LOCAL_PREFIXES)
    }


def _roles(cursor):
    for alias in ("default", "ops"):
        name = connections[alias].settings_dict["USER"]
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = %s",
            [name],
        )
        row = cursor.fetchone()
        if row is None:
            yield f"role {name} does not exist: run manage.py migrate"
        elif any(row):
            yield f"role {name} must own nothing and have no privilege over the wall"


def _walls(cursor):
    for table in sorted(tenant_tables(cursor)):
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE oid = to_regclass(%s)",
            [table],
        )
        if cursor.fetchone() != (True, True):
            yield f"{table}: row-level security is not forced"
        yield from _policies(cursor, table)


def _policies(cursor, table):
    cursor.execute(
        "SELECT policyname, permissive, roles::text[], cmd, qual, with_check"
        " FROM pg_policies WHERE schemaname = 'public' AND tablename = %s",
        [table],
    )
    policies = {row[0]: row[1:] for row in cursor.fetchall()}
    if set(policies) != {"tenant_wall", "ops_reads"}:
        yield f"{table}: its policies are {sorted(policies)}, not the two of the wall"
        return
    kind, roles, command, using, check = policies["tenant_wall"]
    is_wall = using == check and "app.tenant_id" in using and "tenant_id = " in using
    if (kind, roles, command, is_wall) != ("PERMISSIVE", ["public"], "ALL", True):
        yield f"{table}: the policy tenant_wall is not the wall"
    _, roles, command, *_ = policies["ops_reads"]
    if (roles, command) != ([OPS_GROUP], "SELECT"):
        yield f"{table}: the policy ops_reads lets in more than readers"


def _partitions(cursor):
    """A partition asked directly must hide as its parent does, and be out of reach."""
    app = connections["default"].settings_dict["USER"]
    cursor.execute(
        "SELECT c.oid::regclass::text, c.relrowsecurity AND c.relforcerowsecurity"
        " AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = c.oid),"
        " has_table_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        " FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'",
        [app],
    )
    for name, is_walled, is_reachable in cursor.fetchall():
        if not is_walled:
            yield f"{name}: the partition stands outside the wall"
        if is_reachable:
            yield f"{name}: {app} can reach the partition past its parent"


def _keys(cursor):
    cursor.execute(
        "SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid, 1, true)"
        " FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid"
        " JOIN pg_class i ON i.oid = x.indexrelid"
        " WHERE t.relnamespace = 'public'::regnamespace"
    )
    tables = tenant_tables(cursor) if (rows := cursor.fetchall()) else set()
    for table, index, first in rows:
        if table in tables and first != "tenant_id":
            yield f"{table}: the index {index} begins with {first}, not tenant_id"
    cursor.execute(
        "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_constraint"
        " WHERE conrelid = c.oid AND contype = 'p')"
    )
    for (table,) in cursor.fetchall():
        if table in tables:
            yield f"{table}: it has no primary key"


def _references(cursor):
    tables = tenant_tables(cursor)
    cursor.execute(
        "SELECT c.conname, t.relname, r.relname, (SELECT array_agg(a.attname::text"
        " ORDER BY k.ord) FROM unnest(c.conkey) WITH ORDINALITY k(attnum, ord)"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum)"
        " FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
        " JOIN pg_class r ON r.oid = c.confrelid WHERE c.contype = 'f'"
        " AND t.relnamespace = 'public'::regnamespace"
    )
    for name, table, target, columns in cursor.fetchall():
        if target in tables and table not in tables:
            yield f"{table}: {name} points from outside into the wall ({target})"
        elif target in tables and columns[0] != "tenant_id":
            yield f"{table}: {name} does not carry the tenant"
    yield from _missing_references(cursor)


def _missing_references(cursor):
    """A TenantForeignKey without its constraint: TenantWall was forgotten."""
    from tenants.keys import (  # noqa: PLC0415 (models are ready now)
        TenantForeignKey,
        UncheckedTenantForeignKey,
    )

    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid <> 0"
    )
    known = {(table.strip('"'), name) for table, name in cursor.fetchall()}
    for model in apps.get_models():
        table = model._meta.db_table
        for field in model._meta.local_fields if model._meta.managed else []:
            name = f"{table}_{field.column}_fk"[:63]
            if isinstance(field, UncheckedTenantForeignKey):
                continue
            if isinstance(field, TenantForeignKey) and (table, name) not in known:
                yield f"{table}: {field.column} has no composite foreign key"


def _columns(cursor):
    tables = tenant_tables(cursor)
    cursor.execute(
        "SELECT table_name, column_name, data_type, is_nullable"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    )
    columns = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
    for table in sorted(tables):
        if columns.get((table, "tenant_id")) != ("bigint", "NO"):
            yield f"{table}: tenant_id must be bigint and not null"
        if columns.get((table, "id"), ("uuid",))[0] not in ("uuid", "bigint"):
            yield f"{table}: id must be uuid or bigint"


def _objects(cursor):
    cursor.execute(
        "SELECT relname, relkind, coalesce(reloptions::text, '') FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
    )
    for name, kind, options in cursor.fetchall():
        if kind == "m" or "security_invoker=true" not in options:
            yield f"{name}: a view must be security_invoker, and none materialized"
    cursor.execute(
        "SELECT proname FROM pg_proc WHERE prosecdef"
        " AND pronamespace = 'public'::regnamespace"
    )
    for (name,) in cursor.fetchall():
        if name not in DEFINERS:
            yield f"{name}(): a function may not run as the owner"
    cursor.execute("SELECT extname FROM pg_extension")
    for (name,) in cursor.fetchall():
        if name not in EXTENSIONS:
            yield f"extension {name}: not everywhere to be had"
