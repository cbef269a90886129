from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class Stage(models.TextChoices):
    TRIAL = "trial", _("Trial")
    ONBOARDING = "onboarding", _("Onboarding")
    ADOPTION = "adoption", _("Adoption")
    GROWTH = "growth", _("Growth")
    CHURNED = "churned", _("Churned")


class Tier(models.TextChoices):
    HIGH = "high", _("High touch")
    MID = "mid", _("Mid touch")
    TECH = "tech", _("Tech touch")


class Band(models.TextChoices):
    GREEN = "green", _("Healthy")
    AMBER = "amber", _("Needs attention")
    RED = "red", _("At risk")
    UNKNOWN = "unknown", _("Unknown")


class Direction(models.TextChoices):
    """Where a score is going; a drift is a move within its usual swing."""

    RISING = "rising", _("Rising")
    FALLING = "falling", _("Falling")
    DRIFTING_UP = "drifting_up", _("Up, within its usual swing")
    DRIFTING_DOWN = "drifting_down", _("Down, within its usual swing")
    STEADY = "steady", _("Steady")
    UNKNOWN = "unknown", _("Unknown")


class AccountQuerySet(models.QuerySet):
    def current(self):
        """Accounts that are still customers (or may become): not churned or archived."""
        return self.filter(archived_at=None).exclude(lifecycle_stage=Stage.CHURNED)

    def owned_by(self, user):
        return self.filter(owner=user)


class Account(TenantModel):
    """A customer of the tenant: the company whose success we watch."""

    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    lifecycle_stage = models.CharField(
        max_length=16, choices=Stage, default=Stage.ADOPTION
    )
    tier = models.CharField(max_length=8, choices=Tier, default=Tier.MID)
    segment = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    industry = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8, blank=True)
    custom = models.JSONField(default=dict, blank=True)
    customer_since = models.DateField(null=True, blank=True)
    # Made by a usage event that named it, not by a person or a program.
    is_discovered = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Copies for the portfolio list, each written by the one that owns the truth:
    # health (score, band, changes, direction, attention, scored_at), contracts (mrr, in
    # the tenant's currency), renewals (decides_on: the next decision), usage
    # (last_seen_on).
    score = models.SmallIntegerField(null=True, editable=False)
    band = models.CharField(
        max_length=8, choices=Band, default=Band.UNKNOWN, editable=False
    )
    score_change_7d = models.SmallIntegerField(null=True, editable=False)
    score_change_28d = models.SmallIntegerField(null=True, editable=False)
    direction = models.CharField(
        max_length=13,
        choices=Direction,
        default=Direction.UNKNOWN,
        db_default=Direction.UNKNOWN,
        editable=False,
    )
    # The order in which accounts want to be looked at, lowest first.
    attention = models.SmallIntegerField(default=50, db_default=50, editable=False)
    # What is shown is a person's judgement, not the computed score.
    is_overridden = models.BooleanField(default=False, db_default=False, editable=False)
    scored_at = models.DateTimeField(null=True, editable=False)
    # Wider than a contract's: a sum of many, at any rate of exchange.
    mrr = models.DecimalField(
        max_digits=24, decimal_places=2, default=0, editable=False
    )
    decides_on = models.DateField(null=True, editable=False)
    last_seen_on = models.DateField(null=True, editable=False)

    objects = scoped_manager(AccountQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="account_external_id_unique_in_tenant",
                violation_error_message=_("Another account has this external id."),
            ),
            models.CheckConstraint(
                condition=~Q(external_id="") & ~Q(name=""),
                name="account_has_an_external_id_and_a_name",
                violation_error_message=_("Give the account a name and an id."),
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 100)),
                name="account_score_is_between_0_and_100",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "name", "id"], name="account_by_name"),
            models.Index(fields=["tenant", "score", "id"], name="account_by_score"),
            models.Index(fields=["tenant", "mrr", "id"], name="account_by_mrr"),
            models.Index(
                fields=["tenant", "decides_on", "id"], name="account_by_decision"
            ),
            models.Index(fields=["tenant", "owner", "id"], name="account_by_owner"),
            models.Index(
                fields=["tenant", "attention", "id"], name="account_by_attention"
            ),
        ]

    def __str__(self):
        return self.name


class Touch(TenantModel):
    """A fact of an account changed (usage, ticket, invoice, contract, answer, contact).

    Recorded in the transaction of the fact; health claims it and scores again. Append
    only, so that two writers never wait for each other.
    """

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    reason = models.CharField(max_length=32)

    def __str__(self):
        return f"{self.reason} {self.account_id}"


class Handover(TenantModel):
    """An account went from one owner to another.

    Recorded in the transaction of the change; the worklist claims it, gives what is
    open on the former owner's list to the new one, and deletes it.
    """

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    was = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )

    def __str__(self):
        return f"{self.account_id}: {self.was_id} → {self.to_id}"
