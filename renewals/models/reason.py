from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import FeatureRequest
from renewals.models.outcome import Outcome, Reason
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class ReasonDetail(TenantModel):
    """The second level under a reason: which feature, which competitor, what exactly.

    The tenant's own list; it grows while outcomes are recorded. A missing feature is a
    feature request, whose title is the one that is shown.
    """

    reason = models.CharField(max_length=12, choices=Reason)
    title = models.CharField(max_length=200)
    feature_request = TenantForeignKey(
        FeatureRequest, on_delete=models.CASCADE, null=True, blank=True
    )
    # No longer offered; what was said with it stays.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "tenant",
                "reason",
                Lower("title"),
                name="one_detail_per_reason_and_title",
                violation_error_message=_("It is on the list already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "feature_request"],
                name="one_detail_per_feature_request",
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="reason_detail_has_a_title",
                violation_error_message=_("Say which."),
            ),
        ]

    def __str__(self):
        return self.title


class Explanation(TenantModel):
    """Why it was lost, in whole or in part, as somebody said it at a time.

    Never changed: a correction is another row, and the latest is the one that counts
    (the outcome carries its copy).
    """

    outcome = TenantForeignKey(
        Outcome, on_delete=models.CASCADE, related_name="explanations"
    )
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.TextField(max_length=4000)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    is_latest = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "outcome"],
                condition=Q(is_latest=True),
                name="one_latest_explanation_per_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(words=""),
                name="explanation_has_a_reason_in_words",
                violation_error_message=_("Say why it was lost: a reason and words."),
            ),
        ]

    def __str__(self):
        return self.get_reason_display()


class NamedDetail(TenantModel):
    """An explanation names this one of the second level."""

    explanation = TenantForeignKey(
        Explanation, on_delete=models.CASCADE, related_name="named"
    )
    detail = TenantForeignKey(
        ReasonDetail, on_delete=models.CASCADE, related_name="namings"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "explanation", "detail"],
                name="one_naming_per_explanation_and_detail",
            ),
        ]

    def __str__(self):
        return f"{self.explanation_id} {self.detail_id}"
