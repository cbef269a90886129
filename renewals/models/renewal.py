import hashlib

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contract
from renewals.ladder import STEPS
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class Stage(models.TextChoices):
    # Known, but no deal yet: the ladder makes one 90 days before the decision.
    UPCOMING = "upcoming", _("Upcoming")
    PREPARATION = "preparation", _("Preparation")
    INITIATION = "initiation", _("Initiation")
    NEGOTIATION = "negotiation", _("Negotiation")
    APPROVAL = "approval", _("Approval")
    RENEWED = "renewed", _("Renewed")
    LOST = "lost", _("Lost")


# The stages of a deal that is worked on, in their order.
PIPELINE = (Stage.PREPARATION, Stage.INITIATION, Stage.NEGOTIATION, Stage.APPROVAL)
OPEN_STAGES = (Stage.UPCOMING, *PIPELINE)


def default_ladder():
    return list(STEPS)


class RenewalQuerySet(models.QuerySet):
    def open(self):
        """Renewals still to be decided: no outcome, and a contract that ends."""
        return self.filter(stage__in=OPEN_STAGES, stopped_at=None)

    def in_pipeline(self):
        return self.filter(stage__in=PIPELINE, stopped_at=None)

    def undecided(self):
        """Without an outcome, stopped or not."""
        return self.filter(stage__in=OPEN_STAGES)

    def due(self, day):
        """Open renewals with a step of the ladder to fire by `day`, but for those that
        were given up on for this day."""
        return self.open().filter(next_fire_on__lte=day).exclude(set_aside_on=day)

    def of_accounts(self, accounts):
        return self.filter(account__in=accounts)


class Renewal(TenantModel):
    """One term of one contract comes to its end: will the customer go on?"""

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    contract = TenantForeignKey(Contract, on_delete=models.CASCADE)
    ends_on = models.DateField()
    # The end minus the notice: the day the customer really decides by.
    decides_on = models.DateField()
    # The day this date became known to us: what was past then is not caught up.
    entered_on = models.DateField()
    # The ladder it is armed with: the days before the decision of each step, in their
    # order, null for a step that is off. The setting's of the account's tier.
    ladder = ArrayField(
        models.PositiveSmallIntegerField(null=True), default=default_ladder
    )
    # The day of the next step of the ladder that has not fired; null after the last.
    next_fire_on = models.DateField(null=True)
    # How often a worker failed, or died, over that step; counted before the work. After
    # five it is set aside, with an alert, and tried once more each following day.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, db_default="")
    set_aside_on = models.DateField(null=True)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.UPCOMING)
    stage_since = models.DateTimeField()
    # A year of the contract: its MRR x 12, so that terms of any length compare. Wider
    # than the MRR: one large contract must not stop the reminders of all others.
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    # The account's owner, unless a person chose another.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    is_owner_chosen = models.BooleanField(default=False)
    next_step = models.CharField(max_length=300, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    # The contract lost its end, or the account is no longer served: nothing to renew.
    stopped_at = models.DateTimeField(null=True, blank=True)
    # The contract's notice, once people here were told of it.
    noticed_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(RenewalQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "ends_on"],
                name="one_renewal_per_contract_term",
            ),
            models.UniqueConstraint(
                fields=["tenant", "contract"],
                condition=~Q(stage__in=["renewed", "lost"]),
                name="one_open_renewal_per_contract",
            ),
            models.CheckConstraint(
                condition=Q(decides_on__lte=F("ends_on")),
                name="renewal_is_decided_before_the_end",
            ),
            models.CheckConstraint(
                condition=Q(next_step_on=None) | ~Q(next_step=""),
                name="next_step_with_a_day_says_what",
                violation_error_message=_("Say what the next step is."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "decides_on", "id"], name="renewal_by_decision"
            ),
            models.Index(fields=["tenant", "ends_on", "id"], name="renewal_by_end"),
            models.Index(fields=["tenant", "amount", "id"], name="renewal_by_amount"),
            models.Index(
                fields=["tenant", "stage", "decides_on", "id"], name="renewal_by_stage"
            ),
            models.Index(
                fields=["tenant", "owner", "decides_on", "id"], name="renewal_by_owner"
            ),
            models.Index(fields=["tenant", "next_fire_on"], name="renewal_by_fire"),
        ]

    def __str__(self):
        return f"{self.account} {self.ends_on}"

    @property
    def is_open(self):
        return self.stage in OPEN_STAGES and self.stopped_at is None

    @property
    def has_notice(self):
        return self.decides_on != self.ends_on

    @property
    def plan_mark(self):
        """Another one for another plan: who saves says which plan they saw."""
        plan = f"{self.next_step}\n{self.next_step_on}\n{self.owner_id}"
        return hashlib.sha256(plan.encode()).hexdigest()[:16]

    @property
    def path(self):
        """Where it is shown, inside the workspace."""
        return f"/renewals/{self.pk}/"


class StageChange(TenantModel):
    """A renewal went from one stage to another: by a person, or by the ladder (null).

    Recorded in the transaction of the move; never changed.
    """

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="stage_changes"
    )
    was = models.CharField(max_length=12, choices=Stage)
    stage = models.CharField(max_length=12, choices=Stage)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    # It went on with gaps: which items were not there, and why all the same.
    missing = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    reason = models.TextField(blank=True, max_length=1000, db_default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "renewal", "at"], name="stage_change_by_time"
            ),
        ]

    def __str__(self):
        return f"{self.was} → {self.stage}"
