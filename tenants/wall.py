"""The second wall, as a migration operation: composite keys and row-level security."""

from django.db.migrations.operations.base import Operation

from tenants.keys import TenantForeignKey, UncheckedTenantForeignKey

TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::bigint)"


# The group of the ops role: it may read over the wall, named in each table's policy.
OPS_GROUP = "cs_ops_readers"


def wall_statements(table):
    """Force row-level security on a table: one policy for a tenant, one for ops."""
    own = f"tenant_id = {TENANT}"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS tenant_wall ON "{table}"',
        f'CREATE POLICY tenant_wall ON "{table}" USING ({own}) WITH CHECK ({own})',
        f'DROP POLICY IF EXISTS ops_reads ON "{table}"',
        f'CREATE POLICY ops_reads ON "{table}" FOR SELECT TO {OPS_GROUP} USING (true)',
    ]


class TenantWall(Operation):
    """Put the named models of an app behind the wall.

    Gives each table the primary key (tenant_id, id), a composite foreign key and an
    index for every TenantForeignKey, and forced row-level security. Safe to repeat:
    name a model again after a field was added to it.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *models):
        self.models = models

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for name in self.models:
            model = to_state.apps.get_model(app_label, name)
            for statement in self._statements(schema_editor.connection, model):
                schema_editor.execute(statement)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass  # the tables go with their CreateModel

    def describe(self):
        return f"Put {', '.join(self.models)} behind the wall"

    def _statements(self, connection, model):
        table = model._meta.db_table
        known = _constraints(connection, table)
        if known.get(f"{table}_pkey") == 1:
            yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"'
            yield f'ALTER TABLE "{table}" ADD PRIMARY KEY (tenant_id, id)'
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey) and not isinstance(
                field, UncheckedTenantForeignKey
            ):
                yield from _foreign_key(table, field, known)
        yield from wall_statements(table)


def _constraints(connection, table):
    """The constraints of a table: name to number of columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, coalesce(array_length(conkey, 1), 0) FROM pg_constraint"
            " WHERE conrelid = to_regclass(%s)",
            [f'"{table}"'],
        )
        return dict(cursor.fetchall())


def _foreign_key(table, field, known):
    name = f"{table}_{field.column}_fk"[:63]
    if name in known:
        return
    parent = field.remote_field.model._meta.db_table
    yield (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}"'
        f' FOREIGN KEY (tenant_id, "{field.column}")'
        f' REFERENCES "{parent}" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED'
    )
    index = f"{table}_{field.column}_ix"[:63]
    yield f'CREATE INDEX "{index}" ON "{table}" (tenant_id, "{field.column}")'
