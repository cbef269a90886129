from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from tenants.models import TenantModel


class LadderSetting(TenantModel):
    """When the reminders before a decision come: for every account, for those of one
    tier, or for those of one segment. The segment's goes before the tier's."""

    # Both empty: for every account without a setting nearer to it.
    tier = models.CharField(max_length=8, choices=Tier, blank=True)
    segment = models.CharField(max_length=60, blank=True, default="", db_default="")
    # Days before the decision of each step, in their order; null: the step is off.
    days = ArrayField(models.PositiveSmallIntegerField(null=True))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "tier", "segment"],
                name="one_ladder_per_tier_or_segment",
            ),
            models.CheckConstraint(
                condition=models.Q(tier="") | models.Q(segment=""),
                name="a_ladder_is_of_a_tier_or_of_a_segment",
            ),
            models.CheckConstraint(
                condition=models.Q(days__len=5),
                name="ladder_says_something_of_every_step",
                violation_error_message=_("Say for every step when it comes."),
            ),
        ]

    def __str__(self):
        return self.segment or (self.get_tier_display() if self.tier else "all")
