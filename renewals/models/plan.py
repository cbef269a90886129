from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from usage.models import Feature


class Plan(TenantModel):
    """A plan the tenant sells, by the name that contracts carry; higher ranks hold more."""

    name = models.CharField(max_length=100, verbose_name=_("Plan"))
    rank = models.PositiveSmallIntegerField(
        verbose_name=_("Rank"), help_text=_("A higher plan has a higher rank.")
    )

    class Meta:
        ordering = ["rank", "name"]
        constraints = [
            models.UniqueConstraint(
                "tenant",
                Lower("name"),
                name="one_plan_per_name",
                violation_error_message=_("There is a plan of this name."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="plan_has_a_name",
                violation_error_message=_("Give the plan its name."),
            ),
        ]

    def __str__(self):
        return self.name


class PlanFeature(TenantModel):
    """The feature comes with this plan, and with every higher one."""

    plan = TenantForeignKey(Plan, on_delete=models.CASCADE, related_name="features")
    feature = TenantForeignKey(Feature, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "feature"],
                name="a_feature_begins_with_one_plan",
                violation_error_message=_("Another plan has this feature already."),
            ),
        ]

    def __str__(self):
        return f"{self.plan_id} {self.feature_id}"


class PlanLimit(TenantModel):
    """So many uses of a feature in 30 days are in the plan."""

    plan = TenantForeignKey(Plan, on_delete=models.CASCADE, related_name="limits")
    feature = TenantForeignKey(Feature, on_delete=models.CASCADE)
    uses = models.PositiveIntegerField(verbose_name=_("Uses in 30 days"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "plan", "feature"],
                name="one_limit_per_plan_and_feature",
                violation_error_message=_("This plan limits the feature already."),
            ),
            models.CheckConstraint(
                condition=Q(uses__gt=0),
                name="limit_is_more_than_zero",
                violation_error_message=_("A limit is more than zero."),
            ),
        ]

    def __str__(self):
        return f"{self.plan_id} {self.feature_id} {self.uses}"
