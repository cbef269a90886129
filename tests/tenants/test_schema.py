import pytest
from django.db import connections

from tenants import schema


@pytest.fixture
def as_owner(committed):
    """Runs statements as the owner and undoes them: the schema is shared."""
    undo = []

    def run(statement, *, undone_by):
        with connections["owner"].cursor() as cursor:
            cursor.execute(statement)
        undo.append(undone_by)

    yield run
    with connections["owner"].cursor() as cursor:
        for statement in reversed(undo):
            cursor.execute(statement)


def test_the_schema_is_sound(committed):
    assert schema.problems() == []


BREAKS = {
    "a policy is dropped": (
        "DROP POLICY tenant_wall ON accounts_account",
        "CREATE POLICY tenant_wall ON accounts_account USING (tenant_id = (SELECT"
        " nullif(current_setting('app.tenant_id', true), '')::bigint)) WITH CHECK"
        " (tenant_id = (SELECT"
        " nullif(current_setting('app.tenant_id', true), '')::bigint))",
        ["accounts_account: its policies are ['ops_reads'], not the two of the wall"],
    ),
    "the wall is not forced": (
        "ALTER TABLE accounts_contact NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE accounts_contact FORCE ROW LEVEL SECURITY",
        ["accounts_contact: row-level security is not forced"],
    ),
    "an index forgets the tenant": (
        "CREATE INDEX careless ON accounts_account (name)",
        "DROP INDEX careless",
        ["accounts_account: the index careless begins with name, not tenant_id"],
    ),
    "a view opens the wall": (
        "CREATE VIEW everything AS SELECT * FROM accounts_account",
        "DROP VIEW everything",
        ["everything: a view must be security_invoker, and none materialized"],
    ),
    "a table stands outside": (
        "CREATE TABLE loose (tenant_id bigint NOT NULL PRIMARY KEY)",
        "DROP TABLE loose",
        [
            "loose: row-level security is not forced",
            "loose: its policies are [], not the two of the wall",
        ],
    ),
    "a key forgets the tenant": (
        "ALTER TABLE accounts_account ADD COLUMN other uuid UNIQUE",
        "ALTER TABLE accounts_account DROP COLUMN other",
        [
            "accounts_account: the index accounts_account_other_key begins with other,"
            " not tenant_id"
        ],
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_named(as_owner, name):
    statement, undone_by, expected = BREAKS[name]

    as_owner(statement, undone_by=undone_by)

    assert schema.problems() == expected


def test_the_app_role_finds_nothing_without_a_tenant(committed):
    """T-ISO-3: in every tenant table there are, also those of tomorrow."""
    with connections["owner"].cursor() as owner:
        tables = sorted(schema.tenant_tables(owner))

    with connections["default"].cursor() as app:
        found = {}
        for table in tables:
            app.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = app.fetchone()[0]

    assert found == dict.fromkeys(tables, 0)
    assert len(tables) > 15
