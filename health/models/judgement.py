from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from cs_platform.lib import clock
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class OverrideQuerySet(models.QuerySet):
    def active(self):
        return self.filter(ended_at=None)


class Override(TenantModel):
    """A person's judgement that stands in place of the computed score, for a time.

    The score is computed all the same and shown beside it. At most one is active for
    an account; it ends by a person, or with the tenant's day `expires_on`, its last.
    """

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    score = models.PositiveSmallIntegerField()
    reason = models.TextField(max_length=2000)
    expires_on = models.DateField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # What was shown when the person judged otherwise.
    score_before = models.SmallIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    # None with `ended_at`: it expired.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    objects = scoped_manager(OverrideQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account"],
                condition=Q(ended_at=None),
                name="one_active_override_per_account",
                violation_error_message=_("The score is overridden already."),
            ),
            models.CheckConstraint(
                condition=Q(score__range=(0, 100)),
                name="override_is_between_0_and_100",
                violation_error_message=_("A score is 0 to 100."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="override_says_why",
                violation_error_message=_("Say why."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "created_at"], name="override_by_account"
            ),
        ]

    def __str__(self):
        return f"{self.account_id}: {self.score}"


class Sentiment(TenantModel):
    """How a CSM feels about an account on a day, 1 (leaving) to 5 (delighted)."""

    class Level(models.IntegerChoices):
        LEAVING = 1, _("Leaving")
        UNHAPPY = 2, _("Unhappy")
        NEUTRAL = 3, _("Neutral")
        HAPPY = 4, _("Happy")
        DELIGHTED = 5, _("Delighted")

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    level = models.PositiveSmallIntegerField(choices=Level)
    note = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)),
                name="sentiment_is_between_1_and_5",
                violation_error_message=_("A sentiment is 1 to 5."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "-at"], name="sentiment_by_account"
            ),
        ]

    def __str__(self):
        return f"{self.account_id}: {self.level}"
