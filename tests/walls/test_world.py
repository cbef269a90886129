from django.db import connections

from tenants import schema
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.walls.world import World, behind_the_wall


def counts(tables):
    with connections["default"].cursor() as app:
        found = {}
        for table in tables:
            app.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = app.fetchone()[0]
    return found


def test_each_wall_hides_every_table(committed):
    """T-ISO-3: with a row of two tenants in every table there is."""
    worlds = []
    for slug in ("acme", "globex"):
        tenant = TenantFactory(slug=slug)
        with tenant_scope(tenant.pk):
            worlds.append(World(tenant))
    tables = sorted(model._meta.db_table for model in behind_the_wall())
    with connections["owner"].cursor() as owner:
        parents = {
            table
            for table in schema.tenant_tables(owner)
            if not table.rpartition("_")[2].isdigit()
        }

    assert parents - set(tables) == set()
    assert counts(tables) == dict.fromkeys(tables, 0)
    with tenant_scope(worlds[0].tenant.pk):
        assert counts(tables) == dict.fromkeys(tables, 1) | {"tenants_auditentry": 1}
