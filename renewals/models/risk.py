from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renewals.models.renewal import Renewal
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class RiskPlanQuerySet(models.QuerySet):
    def standing(self):
        """Plans that count: carried out or on the way, not given up."""
        return self.exclude(state=RiskPlan.State.DROPPED)


class RiskPlan(TenantModel):
    """One problem that puts a renewal at risk, and who does what about it by when."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SOLVED = "solved", _("Solved")
        DROPPED = "dropped", _("Dropped")

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="risk_plans"
    )
    problem = models.CharField(max_length=300, verbose_name=_("Problem"))
    plan = models.TextField(max_length=4000, verbose_name=_("What we do about it"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("Owner"),
    )
    due_on = models.DateField(verbose_name=_("By"))
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    objects = scoped_manager(RiskPlanQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(problem="") & ~Q(plan=""),
                name="a_risk_plan_says_problem_and_plan",
                violation_error_message=_("Say what the problem is and what we do."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None)
                | ~Q(state="open") & Q(closed_at__isnull=False),
                name="a_closed_risk_plan_has_its_time",
            ),
        ]

    def __str__(self):
        return self.problem

    @property
    def is_open(self):
        return self.state == self.State.OPEN

    @property
    def task_key(self):
        """The unique key of the task made from it."""
        return f"risk-plan:{self.pk}"
