from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class Response(TenantModel):
    """One answer of one customer to a survey: a score and perhaps words."""

    class Kind(models.TextChoices):
        NPS = "nps", _("NPS")
        CSAT = "csat", _("CSAT")

    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 (unique when given)
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    contact = TenantForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    kind = models.CharField(max_length=4, choices=Kind)
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, max_length=10_000)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="response_external_id_unique_in_tenant",
                violation_error_message=_("Another response has this external id."),
            ),
            models.CheckConstraint(
                condition=Q(kind="nps", score__range=(0, 10))
                | Q(kind="csat", score__range=(1, 5)),
                name="response_score_fits_its_kind",
                violation_error_message=_("NPS is 0 to 10, CSAT is 1 to 5."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "kind", "-answered_at"],
                name="response_by_account",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.score}"
