from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from tenants.models import TenantModel


class Cadence(TenantModel):
    """How often accounts of a tier, or of a segment, are reviewed: the segment's goes
    before the tier's. Without a row: as shipped."""

    tier = models.CharField(max_length=8, choices=Tier, blank=True)
    segment = models.CharField(max_length=60, blank=True, default="", db_default="")
    # Null: accounts of this tier are not reviewed by themselves.
    every_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(31), MaxValueValidator(1096)],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "tier", "segment"],
                name="one_cadence_per_tier_or_segment",
            ),
            models.CheckConstraint(
                condition=Q(tier="") & ~Q(segment="") | ~Q(tier="") & Q(segment=""),
                name="a_cadence_is_of_a_tier_or_of_a_segment",
            ),
            models.CheckConstraint(
                # A review looks back on whole months: two of one month are one review.
                condition=Q(every_days=None) | Q(every_days__gte=31),
                name="cadence_is_at_least_a_month",
                violation_error_message=_(
                    "A review looks back on whole months: 31 days at least."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.segment or self.tier}: {self.every_days}"


class PlanningRule(TenantModel):
    """How a workspace plans its reviews: one row, and as shipped without it."""

    is_on = models.BooleanField(default=True, db_default=True)
    # By so many days before the decision of a yellow account its review is held.
    renewal_days = models.PositiveSmallIntegerField(
        default=90,
        db_default=90,
        validators=[MinValueValidator(90), MaxValueValidator(365)],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="one_planning_rule"),
            models.CheckConstraint(
                condition=Q(renewal_days__gte=90),
                name="reviews_come_three_months_before_a_renewal",
                violation_error_message=_("Three months before it, at least."),
            ),
        ]

    def __str__(self):
        return f"{self.renewal_days}"


class ReviewTemplate(TenantModel):
    """What a new review begins with: of a tier, or (empty tier) of all the others."""

    tier = models.CharField(max_length=8, choices=Tier, blank=True)
    # Of qbr.agenda.Part, as dictionaries; the keys that are shipped are translated.
    agenda = models.JSONField(default=list)
    # Keys of the report's sections in their order; empty: as shipped.
    sections = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "tier"], name="one_review_template_per_tier"
            ),
        ]

    def __str__(self):
        return self.tier or "*"


class FeatureNews(TenantModel):
    """Something new in the tenant's product, to be told to whom it matters."""

    title = models.CharField(max_length=200, verbose_name=_("What is new"))
    words = models.TextField(
        blank=True, max_length=2000, verbose_name=_("What it gives")
    )
    # The feature as usage names it, and the plan that has it: who is told.
    feature = models.CharField(max_length=200, blank=True, verbose_name=_("Feature"))
    plan = models.CharField(max_length=100, blank=True, verbose_name=_("Plan"))
    released_on = models.DateField(verbose_name=_("Released"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-released_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="feature_news_has_a_title",
                violation_error_message=_("Say what is new."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "-released_on", "id"], name="feature_news_by_day"
            ),
        ]

    def __str__(self):
        return self.title
