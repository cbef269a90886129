from django.conf import settings
from django.db import models

from accounts.models import Tier
from renewals.models.renewal import Renewal
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class RenewalVersion(TenantModel):
    """A renewal as it was known from an instant on, until its next version.

    Written when a renewal is found to differ from its last version; never changed. What
    was known on a past day is read here, whatever was edited since.
    """

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="versions"
    )
    at = models.DateTimeField()
    ends_on = models.DateField()
    decides_on = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    # The account's, so that a forecast by tier does not move with later edits.
    tier = models.CharField(max_length=8, choices=Tier)
    segment = models.CharField(max_length=60, blank=True)
    # There was nothing left to renew.
    is_stopped = models.BooleanField(default=False)
    # The customer's notice had been heard of.
    is_noticed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "renewal", "-at", "-id"],
                name="renewal_version_by_time",
            ),
        ]

    def __str__(self):
        return f"{self.renewal_id} {self.at:%Y-%m-%d}"
