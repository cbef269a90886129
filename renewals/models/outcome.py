from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renewals.models.renewal import Renewal
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class Result(models.TextChoices):
    RENEWED = "renewed", _("Renewed")
    LOST = "lost", _("Lost")


class Reason(models.TextChoices):
    """Why a customer leaves: never just "refused"."""

    PRICE = "price", _("Price too high")
    FEATURES = "features", _("Features missing")
    SERVICE = "service", _("Poor service or support")
    BUSINESS = "business", _("The customer's business changed")
    COMPETITOR = "competitor", _("Went to a competitor")
    BUDGET = "budget", _("Budget cut")


class Outcome(TenantModel):
    """How a renewal ended, who said so, and why. Its existence closes the renewal."""

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="outcomes"
    )
    result = models.CharField(max_length=8, choices=Result)
    # A year of the new term, in the renewal's currency.
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True, verbose_name=_("Amount")
    )
    reason = models.CharField(
        max_length=12, choices=Reason, blank=True, verbose_name=_("Reason")
    )
    # Which features, which competitor, what happened: in words.
    detail = models.TextField(blank=True, max_length=4000, verbose_name=_("In words"))
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "renewal"],
                name="one_outcome_per_renewal",
                violation_error_message=_("This renewal is already decided."),
            ),
            models.CheckConstraint(
                condition=Q(result="renewed") | ~Q(reason="") & ~Q(detail=""),
                name="lost_renewal_has_a_reason_in_words",
                violation_error_message=_("Say why it was lost: a reason and words."),
            ),
            models.CheckConstraint(
                condition=Q(result="lost", amount=None)
                | Q(result="renewed", amount__gte=0),
                name="renewed_at_an_amount_lost_at_none",
                violation_error_message=_("A renewal has an amount; a loss has none."),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "decided_on"], name="outcome_by_day"),
        ]

    def __str__(self):
        return self.get_result_display()
