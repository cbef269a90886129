from django.db import models

from accounts.models import Account
from tenants.keys import UncheckedTenantForeignKey
from tenants.models import Tenant
from tenants.scoping import scoped_manager


class Attempt(models.Model):
    """An account is being scored, or a worker failed or died over it.

    Counted and committed before the work, and gone with its success: what is still here
    while nobody works on it tells of a failure.
    """

    pk = models.CompositePrimaryKey("tenant", "account")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        editable=False,
    )
    account = UncheckedTenantForeignKey(Account, on_delete=models.CASCADE)
    attempts = models.PositiveSmallIntegerField(default=1)
    error = models.TextField(blank=True, db_default="")
    # Given up on, with an alert, until its facts change or the next night comes.
    set_aside_at = models.DateTimeField(null=True)

    objects = scoped_manager()

    def __str__(self):
        return f"{self.account_id}: {self.attempts}"
