from django.db import models

from tenants.models import Tenant
from tenants.scoping import scoped_manager


class Night(models.Model):
    """The nightly scoring of every account of a tenant for one of its days.

    Goes in slices; each slice moves `reached` in the transaction of its scores, so that
    whoever continues after a crash leaves none out. Finished: all were scored.
    """

    pk = models.CompositePrimaryKey("tenant", "day")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        editable=False,
    )
    day = models.DateField()
    # The last account scored, in the order of ids.
    reached = models.UUIDField(null=True)
    accounts = models.PositiveIntegerField(default=0)
    # How many there were to score when it began; null: not begun.
    total = models.PositiveIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = scoped_manager()

    def __str__(self):
        return f"{self.day}"
