from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import TenantModel


class SavedView(TenantModel):
    """A list of accounts somebody wants to come back to: a name for its filters."""

    name = models.CharField(max_length=80, verbose_name=_("Name"))
    # The query string of the list: what a shared link would carry.
    query = models.CharField(max_length=2000)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    is_shared = models.BooleanField(default=False, verbose_name=_("For the team"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "name"],
                name="one_saved_view_per_name",
                violation_error_message=_("You have a view of this name already."),
            ),
        ]

    def __str__(self):
        return self.name
