from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Stage, Tier
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class ScorecardQuerySet(models.QuerySet):
    def published(self):
        """The versions that scored or score accounts, the one in force first."""
        return self.exclude(published_at=None).order_by("-version")


class Scorecard(TenantModel):
    """How accounts are scored: what is measured, and how many points for what.

    Versions of one name are one scorecard; the highest published is in force, and one
    that is not published is its draft. A published version never changes: a change is
    a new version, so that an old score keeps its explanation. The definition is data
    (health.scoring).
    """

    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    # What changed, in the words of who published it.
    note = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(ScorecardQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name", "version"],
                name="one_scorecard_per_name_and_version",
                violation_error_message=_("This version of the scorecard exists."),
            ),
            models.CheckConstraint(
                condition=Q(version__gt=0), name="scorecard_versions_count_from_1"
            ),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(published_at=None),
                name="one_draft_per_scorecard",
                violation_error_message=_("This scorecard has a draft already."),
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.version}"


class CardRule(TenantModel):
    """Which scorecard an account gets: the first rule, by position, that matches.

    An empty list of stages, tiers or segments asks for nothing. No rule: "Points".
    """

    position = models.PositiveSmallIntegerField()
    card = models.CharField(max_length=100)
    stages = ArrayField(
        models.CharField(max_length=16, choices=Stage), default=list, blank=True
    )
    tiers = ArrayField(
        models.CharField(max_length=8, choices=Tier), default=list, blank=True
    )
    segments = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "position"], name="one_card_rule_per_position"
            ),
        ]

    def __str__(self):
        return f"{self.position}: {self.card}"
