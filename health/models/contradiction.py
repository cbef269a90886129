from django.db import models

from accounts.models import Account
from tenants.keys import TenantForeignKey
from tenants.models import Tenant, TenantModel
from tenants.scoping import scoped_manager


class Contradiction(models.Model):
    """An account of which usage, the CSM, money, contacts and the model say different
    things: what each says, 0 to 100. Kept, as to work it out for everybody takes long.
    """

    pk = models.CompositePrimaryKey("tenant", "account")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        editable=False,
    )
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    # How far the two furthest are apart.
    spread = models.FloatField()
    said = models.JSONField()

    objects = scoped_manager()

    def __str__(self):
        return f"{self.account_id} {self.spread:.0f}"


class Comparison(TenantModel):
    """How far the accounts of a tenant are compared, in the order they were scored in."""

    # Of the last account compared; null: none is. A slice moves both with what it found.
    through = models.DateTimeField(null=True)
    # Its id, while more are known to follow.
    reached = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], name="one_comparison_per_tenant"
            ),
        ]

    def __str__(self):
        return f"{self.through}"
