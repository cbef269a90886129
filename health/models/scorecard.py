from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class ScorecardQuerySet(models.QuerySet):
    def published(self):
        """The versions that scored or score accounts, the one in force first."""
        return self.exclude(published_at=None).order_by("-version")


class Scorecard(TenantModel):
    """How accounts are scored: what is measured, and how many points for what.

    A version never changes once it scored an account: a change is a new version, so
    that an old score keeps its explanation. The definition is data (health.scoring).
    """

    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)

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
        ]

    def __str__(self):
        return f"{self.name} {self.version}"
