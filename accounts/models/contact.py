from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class ContactRole(models.TextChoices):
    DECISION_MAKER = "decision_maker", _("Decision maker")
    CHAMPION = "champion", _("Champion")
    USER = "user", _("User")
    BILLING = "billing", _("Billing")
    BLOCKER = "blocker", _("Blocker")


class Contact(TenantModel):
    """A person at the customer; may be several things at once."""

    external_id = models.CharField(max_length=200)
    account = TenantForeignKey(
        Account, on_delete=models.CASCADE, related_name="contacts"
    )
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120, blank=True)
    roles = ArrayField(
        models.CharField(max_length=16, choices=ContactRole), default=list, blank=True
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="contact_external_id_unique_in_tenant",
                violation_error_message=_("Another contact has this external id."),
            ),
        ]
        indexes = [
            models.Index("tenant", Lower("email"), name="contact_by_email"),
        ]

    def __str__(self):
        return self.name

    @property
    def role_labels(self):
        return [ContactRole(role).label for role in self.roles]
