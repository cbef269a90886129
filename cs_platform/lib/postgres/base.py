"""PostgreSQL, as a distributed Postgres wants to be spoken to (docs/scaling.md)."""

from django.db.backends.postgresql import base, features, operations


class DatabaseFeatures(features.DatabaseFeatures):
    # The key in the database is (tenant_id, id): grouping by id alone is refused.
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    # No INSERT … SELECT FROM unnest: Citus makes it a COPY, which row-level security
    # forbids.
    compiler_module = "django.db.models.sql.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
