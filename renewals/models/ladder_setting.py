from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from tenants.models import TenantModel


class LadderSetting(TenantModel):
    """When the reminders before a decision come: for every account, or for one tier."""

    # Empty: for every tier without a setting of its own.
    tier = models.CharField(max_length=8, choices=Tier, blank=True)
    # Days before the decision of each step, in their order; null: the step is off.
    days = ArrayField(models.PositiveSmallIntegerField(null=True))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "tier"], name="one_ladder_per_tier"
            ),
            models.CheckConstraint(
                condition=models.Q(days__len=5),
                name="ladder_says_something_of_every_step",
                violation_error_message=_("Say for every step when it comes."),
            ),
        ]

    def __str__(self):
        return self.get_tier_display() if self.tier else "all"
