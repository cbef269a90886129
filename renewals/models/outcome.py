from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from renewals.models.renewal import Renewal
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class Result(models.TextChoices):
    RENEWED = "renewed", _("Renewed")
    LOST = "lost", _("Lost")


class OutcomeKind(models.TextChoices):
    """How exactly it ended; all but the last are renewed."""

    RENEWED = "renewed", _("Renewed")
    UPSELL = "renewed_upsell", _("Renewed with upsell")
    DOWNSELL = "renewed_downsell", _("Renewed with downsell")
    PARTLY_LOST = "partly_lost", _("Partly lost")
    LOST = "lost", _("Lost")

    @property
    def result(self):
        return Result.LOST if self == OutcomeKind.LOST else Result.RENEWED

    @property
    def wants_reason(self):
        return self in LOSSES


LOSSES = (OutcomeKind.PARTLY_LOST, OutcomeKind.LOST)


class Reason(models.TextChoices):
    """Why a customer leaves: never just "refused"."""

    PRICE = "price", _("Price too high")
    FEATURES = "features", _("Features missing")
    SERVICE = "service", _("Poor service or support")
    BUSINESS = "business", _("The customer's business changed")
    COMPETITOR = "competitor", _("Went to a competitor")
    BUDGET = "budget", _("Budget cut")


# These say nothing without which.
NAMING = (Reason.FEATURES, Reason.COMPETITOR)


class Outcome(TenantModel):
    """How a renewal ended, who said so, and why. Its existence closes the renewal."""

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="outcomes"
    )
    result = models.CharField(max_length=8, choices=Result)
    kind = models.CharField(
        max_length=16,
        choices=OutcomeKind,
        db_default=OutcomeKind.RENEWED,
        verbose_name=_("Kind"),
    )
    # A year of the old term and of the new one, in the renewal's currency.
    was_amount = models.DecimalField(max_digits=16, decimal_places=2, db_default=0)
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True, verbose_name=_("Amount")
    )
    # The new term, as far as it is known; it begins before the old one's end when the
    # customer renewed early.
    seats = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # Copies of the latest explanation: why a loss, and in words.
    reason = models.CharField(
        max_length=12, choices=Reason, blank=True, verbose_name=_("Reason")
    )
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
                condition=~Q(kind__in=LOSSES) | ~Q(reason="") & ~Q(detail=""),
                name="loss_has_a_reason_in_words",
                violation_error_message=_("Say why it was lost: a reason and words."),
            ),
            models.CheckConstraint(
                condition=Q(result="lost", kind="lost")
                | Q(result="renewed") & ~Q(kind="lost"),
                name="kind_of_outcome_agrees_with_its_result",
            ),
            models.CheckConstraint(
                condition=Q(result="lost", amount=None)
                | Q(result="renewed", amount__gte=0),
                name="renewed_at_an_amount_lost_at_none",
                violation_error_message=_("A renewal has an amount; a loss has none."),
            ),
            models.CheckConstraint(
                condition=Q(kind="lost")
                | Q(kind="renewed", amount__gte=F("was_amount"))
                | Q(kind="renewed_upsell", amount__gt=F("was_amount"))
                | Q(
                    kind__in=["renewed_downsell", "partly_lost"],
                    amount__lt=F("was_amount"),
                ),
                name="kind_of_outcome_agrees_with_its_amounts",
                violation_error_message=_(
                    "An upsell brings more than before; a downsell, or a loss in part,"
                    " less."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None)
                | Q(starts_on__isnull=False, ends_on__gt=F("starts_on")),
                name="new_term_ends_after_it_starts",
                violation_error_message=_("The end must be after the start."),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "decided_on"], name="outcome_by_day"),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def lost_amount(self):
        """A year of what went: all of it, or the part; zero when nothing did."""
        if self.kind not in LOSSES:
            return 0
        return self.was_amount - (self.amount or 0)
