from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class FeatureRequest(TenantModel):
    """Something customers miss in the product: what the product team is told."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PLANNED = "planned", _("Planned")
        SHIPPED = "shipped", _("Shipped")
        DECLINED = "declined", _("Declined")

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=4000)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    # The plan that has it (or will): who asks for it asks for that plan.
    plan = models.CharField(max_length=100, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "tenant",
                Lower("title"),
                name="one_feature_request_per_title",
                violation_error_message=_("There is a request with this title."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="feature_request_has_a_title",
                violation_error_message=_("Say what is missing."),
            ),
        ]

    def __str__(self):
        return self.title


class FeatureVote(TenantModel):
    """A customer misses the feature: one vote an account, weighed by its MRR."""

    request = TenantForeignKey(
        FeatureRequest, on_delete=models.CASCADE, related_name="votes"
    )
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    words = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "request", "account"],
                name="one_vote_per_account_and_request",
                violation_error_message=_("This account has a vote here already."),
            ),
        ]

    def __str__(self):
        return f"{self.request_id} {self.account_id}"
