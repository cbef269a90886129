from django.db import models

from accounts.models import Account
from tenants.keys import UncheckedTenantForeignKey
from tenants.models import Tenant
from tenants.scoping import scoped_manager
from usage.models.source import Feature


class Rollup(models.Model):
    """Base of the tables that say what an account did on a day; written by the worker.

    Their key is what they are about, not an id; days are the tenant's.
    """

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )
    account = UncheckedTenantForeignKey(Account, on_delete=models.CASCADE)
    day = models.DateField()
    events = models.PositiveBigIntegerField()

    objects = scoped_manager()

    class Meta:
        abstract = True


class FeatureDay(Rollup):
    """How often, and by how many people, an account used a feature on a day."""

    pk = models.CompositePrimaryKey("tenant", "account", "day", "feature")
    feature = UncheckedTenantForeignKey(Feature, on_delete=models.CASCADE)
    users = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.account_id} {self.day} {self.feature_id}"


class UserDay(Rollup):
    """How often a person of an account used the product on a day."""

    pk = models.CompositePrimaryKey("tenant", "account", "day", "user_ref")
    user_ref = models.CharField(max_length=300)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "user_ref", "day"], name="day_of_user")
        ]

    def __str__(self):
        return f"{self.account_id} {self.day} {self.user_ref}"
