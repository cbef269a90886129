from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Band, Tier
from renewals.models.outcome import Result
from renewals.models.renewal import Renewal, Stage
from tenants.keys import TenantForeignKey, UncheckedTenantForeignKey
from tenants.models import TenantModel


class Level(models.TextChoices):
    """Who says what will become of a deal."""

    CSM = "csm", _("CSM")
    LEAD = "lead", _("Lead")


class Category(models.TextChoices):
    """How sure a person is that the customer goes on."""

    COMMIT = "commit", _("Certain")
    LIKELY = "likely", _("Likely")
    POSSIBLE = "possible", _("Possible")
    OUT = "out", _("Not this time")


class ForecastCall(TenantModel):
    """What a person says will become of a renewal. The newest of a level stands.

    Never changed: a changed mind is another row, so that a past forecast can be read.
    """

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="forecast_calls"
    )
    level = models.CharField(max_length=4, choices=Level)
    category = models.CharField(
        max_length=8, choices=Category, verbose_name=_("Will they renew?")
    )
    # A year of the next term, in the renewal's currency; null: as much as now.
    amount = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        verbose_name=_("Amount a year"),
    )
    note = models.CharField(max_length=500, blank=True, verbose_name=_("Why"))
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="forecast_amount_is_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "renewal", "level", "-at", "-id"],
                name="forecast_call_by_time",
            ),
        ]

    def __str__(self):
        return f"{self.level} {self.category}"


class ForecastWeek(TenantModel):
    """The forecast of a workspace as known when a Monday began there. Never changed.

    Its row is the claim of whoever writes the week: the deals commit with it. Taken on
    a later day it is marked, and says no more than was known then.
    """

    # A Monday.
    week = models.DateField()
    taken_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    # Of every figure of the week, and what a unit of other currencies was worth.
    currency = models.CharField(max_length=3)
    rates = models.JSONField(default=dict)
    # How often a deal in a stage and a colour had been renewed: {stage: {band: [n, of]}}.
    history = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "week"], name="one_forecast_per_week"
            ),
        ]

    def __str__(self):
        return f"{self.week}"


class ForecastSnapshot(TenantModel):
    """One deal in the forecast of a week: what was known and said of it. Never changed."""

    week = TenantForeignKey(ForecastWeek, on_delete=models.CASCADE)
    # Unchecked: what was said stays when the contract is deleted.
    renewal = UncheckedTenantForeignKey(Renewal, on_delete=models.DO_NOTHING)
    # Accounts are archived, never deleted; one that a forecast names cannot be.
    account = TenantForeignKey(Account, on_delete=models.PROTECT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    tier = models.CharField(max_length=8, choices=Tier)
    segment = models.CharField(max_length=60, blank=True)
    stage = models.CharField(max_length=12, choices=Stage)
    band = models.CharField(max_length=8, choices=Band)
    ends_on = models.DateField()
    decides_on = models.DateField()
    # The day it counts for: of the decision; when that is over and nothing decided, the
    # day of the forecast.
    placed_on = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    # To the currency of the workspace; null: nobody has said.
    rate = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    # That it is renewed, as the history of the workspace says.
    probability = models.DecimalField(max_digits=5, decimal_places=4)
    csm_category = models.CharField(max_length=8, choices=Category, blank=True)
    csm_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    lead_category = models.CharField(max_length=8, choices=Category, blank=True)
    lead_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    # When it was decided by then.
    result = models.CharField(max_length=8, choices=Result, blank=True)
    result_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    decided_on = models.DateField(null=True)
    # The customer had given notice, as far as was known.
    is_noticed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "week", "renewal"],
                name="one_deal_per_forecast",
            ),
            models.CheckConstraint(
                condition=Q(probability__range=(0, 1)),
                name="forecast_probability_is_a_share",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "week", "placed_on", "id"], name="forecast_by_place"
            ),
        ]

    def __str__(self):
        return f"{self.renewal_id} {self.placed_on}"
