from django.conf import settings
from django.db import models

from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class CalendarFeedQuerySet(models.QuerySet):
    def open(self):
        return self.filter(revoked_at=None)


class CalendarFeed(TenantModel):
    """A secret address at which a person's calendar program reads their renewals."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    digest = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(CalendarFeedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "digest"], name="calendar_feed_digest_unique"
            ),
            models.UniqueConstraint(
                fields=["tenant", "user"],
                condition=models.Q(revoked_at=None),
                name="one_open_calendar_feed_per_person",
            ),
        ]

    def __str__(self):
        return self.digest[:8]
