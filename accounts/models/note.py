from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.contact import Contact
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class Note(TenantModel):
    """Something a person wrote down about an account: an entry of its timeline."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        EMAIL = "email", _("E-mail")
        REVIEW = "review", _("Business review")

    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 (unique when given)
    account = TenantForeignKey(Account, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NOTE)
    body = models.TextField(max_length=20_000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # Whom it was with: of several the one who decides.
    contact = TenantForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="note_external_id_unique_in_tenant",
                violation_error_message=_("Another note has this external id."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "-happened_at"], name="note_by_account"
            ),
        ]

    def __str__(self):
        return self.body[:60]
