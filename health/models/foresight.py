from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from health.models.scorecard import Scorecard
from tenants.keys import TenantForeignKey
from tenants.models import Tenant, TenantModel
from tenants.scoping import scoped_manager


class Loss(models.TextChoices):
    """What is to be foreseen."""

    LOST = "lost", _("Lost: recurring revenue went to zero")
    SILENT = "silent", _("Silent: no usage at all")


class Backtest(TenantModel):
    """A draft scorecard replayed over stored history, against the published one.

    A worker goes through the days in slices; `progress` and what it found so far commit
    together, so that whoever continues after a crash leaves none out.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Step(models.TextChoices):
        MONTH = "month", _("Month ends")
        QUARTER = "quarter", _("Quarter ends")

    # Versions: they never change once published; the draft is kept as it was, too.
    draft = TenantForeignKey(Scorecard, on_delete=models.SET_NULL, null=True)
    draft_name = models.CharField(max_length=120)
    definition = models.JSONField()
    published = models.JSONField()
    outcome = models.CharField(max_length=8, choices=Loss)
    horizon_days = models.PositiveSmallIntegerField(default=90)
    first = models.DateField()
    last = models.DateField()
    step = models.CharField(max_length=8, choices=Step, default=Step.MONTH)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    # Share of the work done, 0 to 1.
    progress = models.FloatField(default=0)
    # What was found on the days gone through; the report when done.
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lte=models.F("last")),
                name="backtest_ends_after_it_begins",
                violation_error_message=_("The end is before the start."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "state", "created_at"], name="backtest_by_state"
            ),
            models.Index(fields=["tenant", "-created_at"], name="backtest_latest"),
        ]

    def __str__(self):
        return self.draft_name


class RiskModel(TenantModel):
    """A model of loss learned from the tenant's own outcomes: plain numbers.

    Versions count up; the newest that is trained scores. One that says "not enough
    history" is kept too, with what was missing.
    """

    class State(models.TextChoices):
        TRAINED = "trained", _("Trained")
        NOT_ENOUGH = "not_enough", _("Not enough history")
        NOTHING = "nothing", _("Found nothing that foretells it")
        LEARNING = "learning", _("Being learned")

    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State)
    outcome = models.CharField(max_length=8, choices=Loss)
    horizon_days = models.PositiveSmallIntegerField()
    trained_at = models.DateTimeField()
    coefficients = models.JSONField(default=dict)
    # How well it foresaw what it had not seen, beside the rules; or what is lacking.
    validation = models.JSONField(default=dict)
    # The last day of the tenant on which it judged every account, and how far it got
    # with the next: each slice moves it in the transaction of its risks.
    judged_on = models.DateField(null=True)
    judging_on = models.DateField(null=True)
    reached = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "version"], name="one_risk_model_per_version"
            ),
        ]

    def __str__(self):
        return f"{self.outcome} {self.version}"


class Risk(models.Model):
    """How likely an account is to be lost, by the learned model, on a day."""

    pk = models.CompositePrimaryKey("tenant", "account", "day")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        editable=False,
    )
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    day = models.DateField()
    probability = models.FloatField()
    # The strongest first: {key, value, effect}.
    reasons = models.JSONField(default=list)
    model = TenantForeignKey(RiskModel, on_delete=models.CASCADE)

    objects = scoped_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__range=(0, 1)),
                name="risk_is_a_probability",
            ),
        ]

    def __str__(self):
        return f"{self.account_id} {self.day} {self.probability:.2f}"
