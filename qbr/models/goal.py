from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import Account, Contact
from qbr import value
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class GoalState(models.TextChoices):
    OPEN = "open", _("Under way")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    DROPPED = "dropped", _("Dropped")


class GoalSource(models.TextChoices):
    ENTERED = "entered", _("Entered by a person")
    ACTIVE_USERS = "active_users", _("Active users in 28 days")
    EVENTS = "events", _("Uses of the product in 28 days")
    FEATURE = "feature", _("Uses of one feature in 28 days")
    FEATURES = "features", _("Features used in 28 days")


class GoalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=GoalState.OPEN)

    def fed_by_usage(self):
        return self.open().exclude(source=GoalSource.ENTERED)


class Goal(TenantModel):
    """What a customer wants to reach with us, measured: a line of the success plan."""

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    objective = models.CharField(max_length=300, verbose_name=_("Objective"))
    measure = models.CharField(max_length=200, verbose_name=_("Measured by"))
    unit = models.CharField(max_length=20, blank=True, verbose_name=_("Unit"))
    baseline = models.DecimalField(
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        verbose_name=_("Baseline"),
    )
    target = models.DecimalField(
        max_digits=20, decimal_places=4, verbose_name=_("Target")
    )
    # A copy of the latest reading, and its day.
    actual = models.DecimalField(
        max_digits=20, decimal_places=4, null=True, blank=True, verbose_name=_("Actual")
    )
    read_on = models.DateField(null=True, blank=True)
    source = models.CharField(
        max_length=16,
        choices=GoalSource,
        default=GoalSource.ENTERED,
        verbose_name=_("Fed by"),
    )
    # The feature as usage names it, where the source is about one.
    feature = models.CharField(max_length=200, blank=True, verbose_name=_("Feature"))
    due_on = models.DateField(null=True, blank=True, verbose_name=_("By"))
    # What reaching it is worth, and how that was reckoned: words and inputs
    # [{"name", "value", "unit"}] of qbr.value.
    value_amount = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        verbose_name=_("Value in money"),
    )
    value_currency = models.CharField(
        max_length=3, blank=True, verbose_name=_("Currency")
    )
    value_hours = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        verbose_name=_("Value in hours"),
    )
    value_formula = models.CharField(
        max_length=500, blank=True, verbose_name=_("Formula")
    )
    value_inputs = models.JSONField(default=list, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = TenantForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    # In what form they said so: "mail of 3 May", "in the review".
    verified_how = models.CharField(max_length=300, blank=True)
    state = models.CharField(
        max_length=8, choices=GoalState, default=GoalState.OPEN, verbose_name=_("State")
    )
    closed_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(GoalQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(objective="") & ~Q(measure=""),
                name="goal_has_an_objective_and_a_measure",
                violation_error_message=_("Say what is wanted and how it is measured."),
            ),
            models.CheckConstraint(
                condition=Q(value_amount=None) | ~Q(value_currency=""),
                name="value_in_money_has_a_currency",
                violation_error_message=_("Say in which currency."),
            ),
            models.CheckConstraint(
                condition=Q(value_amount=None, value_hours=None) | ~Q(value_formula=""),
                name="value_shows_its_formula",
                violation_error_message=_("Say how the value was reckoned."),
            ),
            models.CheckConstraint(
                condition=~Q(source="feature") | ~Q(feature=""),
                name="goal_of_a_feature_names_it",
                violation_error_message=_("Say which feature."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "state", "due_on"], name="goal_by_account"
            ),
        ]

    def __str__(self):
        return self.objective

    @property
    def progress(self) -> value.Progress:
        return value.progress(self.baseline, self.target, self.actual)

    @property
    def is_past_target(self) -> bool:
        """Open, and reached: somebody may say that it is met."""
        return self.state == GoalState.OPEN and self.progress.is_reached

    @property
    def standing(self) -> str:
        """Its state in a word; of an open one that is past its target: reached."""
        if self.is_past_target:
            return pgettext("a goal", "Reached")
        return str(GoalState(self.state).label)


class GoalReading(TenantModel):
    """What a goal's measure was on a day. The latest of a day replaces the others."""

    goal = TenantForeignKey(Goal, on_delete=models.CASCADE, related_name="readings")
    on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    # Null: read from usage.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "goal", "on"], name="one_goal_reading_per_day"
            ),
        ]

    def __str__(self):
        return f"{self.on}: {self.value}"
