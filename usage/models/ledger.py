import uuid

from django.db import models
from django.db.models import Q

from tenants.models import Tenant, TenantModel
from tenants.scoping import scoped_manager

# The account of a cell whose events nobody explained yet. Not a row: a value that sorts
# and joins like any other, so that one statement moves events in and out of it.
NOBODY = uuid.UUID(int=0)


class Ledger(TenantModel):
    """The usage book of a tenant: who holds its row writes, alone.

    `timezone` is the zone the days in the book were counted in; when the tenant moves,
    the next roll-up counts them again.
    """

    timezone = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="one_ledger_per_tenant"),
        ]

    def __str__(self):
        return self.timezone


class Cell(models.Model):
    """How often an id, as it was sent, used a feature, as it was named, on a day.

    The finest grain we keep for good: merges of people and of features are read off
    it, long after the events are gone. It has no foreign keys in the database: only
    the worker writes it, from rows of the same tenant, and three checks a row would
    cost more than the row.
    """

    pk = models.CompositePrimaryKey("tenant", "account_id", "day", "feature_id", "ref")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )
    account_id = models.UUIDField()
    day = models.DateField()
    feature_id = models.UUIDField()
    ref = models.CharField(max_length=300)
    events = models.BigIntegerField()

    objects = scoped_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(events__gt=0), name="cell_is_there_only_with_events"
            ),
        ]

    def __str__(self):
        return f"{self.account_id} {self.day} {self.ref}"
