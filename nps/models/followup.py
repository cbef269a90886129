from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cs_platform.lib import clock
from nps.models.response import Response
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager
from worklist.models import Task

IS_CLOSED = Q(closed_at__isnull=False)
IN_TIME = IS_CLOSED & Q(replied_at__lte=F("due_at"))


class FollowUpQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def due(self):
        """Those whose time has come, or that were answered before."""
        return self.filter(IS_CLOSED | Q(due_at__lte=clock.now()))

    def in_time(self):
        """Those of them to whom somebody came back before it was over."""
        return self.filter(IN_TIME)


class FollowUp(TenantModel):
    """Somebody has to come back to who answered: by when, what was said, what came."""

    class Kind(models.TextChoices):
        DETRACTOR = "detractor", _("Detractor")
        PASSIVE = "passive", _("Passive")
        PROMOTER = "promoter", _("Promoter")

    response = TenantForeignKey(
        Response, on_delete=models.CASCADE, related_name="follow_ups"
    )
    kind = models.CharField(max_length=9, choices=Kind)
    task = TenantForeignKey(Task, on_delete=models.SET_NULL, null=True)
    due_at = models.DateTimeField()
    # When the lead was told that nobody has come back.
    escalated_at = models.DateTimeField(null=True, editable=False)
    replied_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True, max_length=10_000)
    result = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    objects = scoped_manager(FollowUpQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "response"], name="one_follow_up_per_response"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_at"],
                condition=Q(closed_at=None),
                name="follow_up_open",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.response_id}"
