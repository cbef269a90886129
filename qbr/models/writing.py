from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qbr.models.review import Review
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class PreparationKey(models.TextChoices):
    USAGE = "usage", _("Usage of the period")
    RESULTS = "results", _("Business results")
    HEALTH = "health", _("Health over the period")
    SUPPORT = "support", _("Support history")
    REQUESTS = "requests", _("Status of their requests")
    FEATURES = "features", _("New features that matter to them")
    NEWS = "news", _("News of their business")
    PROPOSALS = "proposals", _("Proposals")


class PreparationItem(TenantModel):
    """One of the eight things to know before a review: found by data, or by a person."""

    review = TenantForeignKey(
        Review, on_delete=models.CASCADE, related_name="preparation"
    )
    key = models.CharField(max_length=10, choices=PreparationKey)
    # Facts read from the data: [{"words": …, "path": …}], and when they were read.
    found = models.JSONField(default=list)
    found_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, max_length=4000)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "review", "key"],
                name="one_preparation_item_per_key",
            ),
        ]

    def __str__(self):
        return self.key


class NoteKind(models.TextChoices):
    NOTE = "note", _("Note")
    DECISION = "decision", _("Decision")
    IDEA = "idea", _("Idea for more")


class ReviewNote(TenantModel):
    """What was said, decided or thought of in one part of a review."""

    review = TenantForeignKey(Review, on_delete=models.CASCADE, related_name="notes")
    # The key of the agenda's part.
    section = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=NoteKind, default=NoteKind.NOTE)
    words = models.TextField(blank=True, max_length=10_000)
    # Goes up with every change: two who type at once lose nothing unseen.
    revision = models.PositiveIntegerField(default=1, db_default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # Of an idea: the opportunity it became.
    opportunity = TenantForeignKey(
        "renewals.Opportunity", on_delete=models.SET_NULL, null=True
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "review", "section"],
                condition=Q(kind="note"),
                name="one_sheet_of_notes_per_part",
            ),
            models.CheckConstraint(
                condition=Q(kind="note") | ~Q(words=""),
                name="decision_has_words",
                violation_error_message=_("Say what was decided."),
            ),
        ]

    def __str__(self):
        return self.words[:60]
