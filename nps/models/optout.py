from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenants.models import TenantModel


class OptOut(TenantModel):
    """A person who is not to be asked any more, and why."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Mail came back")
        COMPLAINED = "complained", _("Complained")

    # In lower case.
    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=12, choices=Reason)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "address"], name="one_opt_out_per_address"
            ),
            models.CheckConstraint(
                condition=Q(address=Lower("address")),
                name="opt_out_address_is_lower_case",
            ),
        ]

    def __str__(self):
        return self.address
