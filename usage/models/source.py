from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class Source(TenantModel):
    """Something that sends usage events: the customer's product, by a write key."""

    name = models.CharField(max_length=100)
    # Public (it ships in browsers): it may only write, and only here.
    write_key = models.CharField(max_length=25)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "write_key"], name="write_key_unique_in_tenant"
            ),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="source_name_unique_in_tenant",
                violation_error_message=_("Another source has this name."),
            ),
        ]

    def __str__(self):
        return self.name


class Feature(TenantModel):
    """A part of the customer's product, discovered by the name its events carry."""

    name = models.CharField(max_length=200)
    label = models.CharField(max_length=200, blank=True)
    is_key = models.BooleanField(default=False)
    # Its events are errors that people met.
    is_error = models.BooleanField(default=False, db_default=False)
    is_hidden = models.BooleanField(default=False)
    # Its events count for the other one.
    merged_into = TenantForeignKey("self", on_delete=models.SET_NULL, null=True)
    # The end of the chain of merges; null where there is none (the feature is alone).
    counted_as = TenantForeignKey("self", on_delete=models.SET_NULL, null=True)
    first_seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="feature_name_unique_in_tenant"
            ),
        ]

    def __str__(self):
        return self.label or self.name
