from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contract
from renewals.models.signal import ExpansionSignal
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class OpportunityKind(models.TextChoices):
    UPSELL = "upsell", _("Higher plan")
    CROSS_SELL = "cross_sell", _("Other product")
    ADD_ON = "add_on", _("More seats or volume")


class OpportunityStage(models.TextChoices):
    FOUND = "found", _("Found")
    TALKS = "talks", _("In talks")
    TRIAL = "trial", _("Trial")
    OFFER = "offer", _("Offered")
    SALES = "sales", _("With sales")
    WON = "won", _("Won")
    LOST = "lost", _("Not bought")


OPEN_OPPORTUNITY = (
    OpportunityStage.FOUND,
    OpportunityStage.TALKS,
    OpportunityStage.TRIAL,
    OpportunityStage.OFFER,
    OpportunityStage.SALES,
)


class OpportunityQuerySet(models.QuerySet):
    def open(self):
        return self.filter(stage__in=OPEN_OPPORTUNITY)


class Opportunity(TenantModel):
    """An account could buy more: what, for how much a year, and how far it has come."""

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    kind = models.CharField(
        max_length=12, choices=OpportunityKind, verbose_name=_("What")
    )
    title = models.CharField(max_length=200, verbose_name=_("In a few words"))
    stage = models.CharField(
        max_length=8, choices=OpportunityStage, default=OpportunityStage.FOUND
    )
    stage_since = models.DateTimeField()
    # A year of what comes on top.
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, verbose_name=_("Amount a year")
    )
    currency = models.CharField(max_length=3, verbose_name=_("Currency"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    # Opened for the account's owner: it goes with the account to another one.
    follows_account = models.BooleanField(default=False, db_default=False)
    # What it came from; null: somebody's idea.
    signal = TenantForeignKey(ExpansionSignal, on_delete=models.SET_NULL, null=True)
    # The last day of a trial of what is offered.
    trial_ends_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(OpportunityQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="opportunity_amount_is_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                condition=~Q(stage="trial") | Q(trial_ends_on__isnull=False),
                name="a_trial_has_an_end",
                violation_error_message=_("Say on which day the trial ends."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="opportunity_has_a_title",
                violation_error_message=_("Say in a few words what it is."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "stage", "opened_on", "id"],
                name="opportunity_by_stage",
            ),
            models.Index(
                fields=["tenant", "trial_ends_on"], name="opportunity_by_trial"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self):
        return self.stage in OPEN_OPPORTUNITY

    @property
    def path(self):
        """Where it is shown, inside the workspace."""
        return f"/renewals/expansion/{self.pk}/"


class OpportunityMove(TenantModel):
    """An opportunity went from one stage to another. Never changed."""

    opportunity = TenantForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="moves"
    )
    was = models.CharField(max_length=8, choices=OpportunityStage)
    stage = models.CharField(max_length=8, choices=OpportunityStage)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    def __str__(self):
        return f"{self.was} → {self.stage}"


class SalesHandover(TenantModel):
    """An opportunity was given to sales: to whom, when, with which words."""

    opportunity = TenantForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="handovers"
    )
    # They need not work here: a name or an address.
    to = models.CharField(max_length=200, verbose_name=_("To whom"))
    note = models.TextField(blank=True, max_length=4000, verbose_name=_("Note"))
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
                condition=~Q(to=""),
                name="handover_says_to_whom",
                violation_error_message=_("Say to whom it is given."),
            ),
        ]

    def __str__(self):
        return self.to


class OpportunityResult(TenantModel):
    """How an opportunity ended, and the contract it changed. Its existence closes it."""

    class Reason(models.TextChoices):
        PRICE = "price", _("Price too high")
        NO_NEED = "no_need", _("No need")
        NOT_NOW = "not_now", _("Not now")
        FEATURES = "features", _("Features missing")
        COMPETITOR = "competitor", _("Went to a competitor")
        NO_ANSWER = "no_answer", _("No answer")

    opportunity = TenantForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="results"
    )
    is_won = models.BooleanField()
    # A year of what came on top, in the opportunity's currency.
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    detail = models.TextField(blank=True, max_length=4000)
    # Where it is paid: so it counts in NRR.
    contract = TenantForeignKey(Contract, on_delete=models.SET_NULL, null=True)
    effective_on = models.DateField(null=True)
    decided_on = models.DateField()
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
            models.UniqueConstraint(
                fields=["tenant", "opportunity"],
                name="one_result_per_opportunity",
                violation_error_message=_("This is already decided."),
            ),
            models.CheckConstraint(
                condition=Q(is_won=True, amount__gt=0)
                | Q(is_won=False, amount=None) & ~Q(reason=""),
                name="won_at_an_amount_or_lost_for_a_reason",
                violation_error_message=_("Say for how much, or why not."),
            ),
        ]

    def __str__(self):
        return str(self.amount or self.reason)
