"""Keys between rows of one tenant: the model says `id`, the database (tenant_id, id)."""

from django.db import models
from django.db.models.sql.where import AND, WhereNode

from tenants.scoping import current_tenant_id


class TenantField(models.ForeignKey):
    """Whose row it is: the tenant in scope, unless said. Never changes."""

    def __init__(self, *args, **kwargs):
        # No index: the primary key begins with the tenant.
        kwargs |= {"editable": False, "related_name": "+", "db_index": False}
        super().__init__(*args, **kwargs)

    def pre_save(self, instance, add):
        # Not a field default: migrations evaluate those, and no tenant is in scope
        # there. Here it serves save() and bulk_create() alike.
        if getattr(instance, self.attname) is None:
            setattr(instance, self.attname, current_tenant_id())
        return super().pre_save(instance, add)


class TenantForeignKey(models.ForeignKey):
    """A foreign key whose every JOIN also says child.tenant_id = parent.tenant_id.

    The constraint (tenant_id, x_id) and its index are made by `tenants.wall.TenantWall`
    in a migration. It leaves no attribute on its target unless asked to.
    """

    def __init__(self, *args, **kwargs):
        kwargs |= {"db_constraint": False, "db_index": False}
        kwargs.setdefault("related_name", "+")
        super().__init__(*args, **kwargs)

    def get_extra_restriction(self, alias, related_alias):
        parent = self.remote_field.model._meta.get_field("tenant")
        child = self.model._meta.get_field("tenant")
        same = parent.get_lookup("exact")(
            parent.get_col(alias), child.get_col(related_alias)
        )
        return WhereNode([same], AND)

    def get_extra_descriptor_filter(self, instance):
        return {"tenant_id": instance.tenant_id}


class UncheckedTenantForeignKey(TenantForeignKey):
    """The same without constraint and index in the database.

    Only for tables that one worker writes, in one statement, from rows of the same
    tenant: there the checks of a row cost more than the row.
    """
