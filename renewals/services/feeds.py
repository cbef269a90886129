"""The secret address of a person's calendar: made, replaced, taken back."""

import secrets

from django.db import transaction

from cs_platform.lib import clock
from renewals.models import CalendarFeed
from tenants.models import Credential
from tenants.queries import digest_of
from tenants.services import record_audit, register_credential


@transaction.atomic
def make_feed(user) -> tuple[CalendarFeed, str]:
    """Give the person an address in the workspace in scope; returns it and its secret.

    The one before is refused from now on. The secret (256 random bits) is shown once
    and kept only as a digest, also in the global directory. In the audit trail.
    """
    revoke_feed(user)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=user, digest=digest_of(secret))
    register_credential(secret, Credential.Kind.CALENDAR)
    record_audit("calendar_feed.made", feed, by=user)
    return feed, secret


@transaction.atomic
def revoke_feed(user):
    """Refuse the person's address from now on. Safe to repeat."""
    for feed in CalendarFeed.objects.open().filter(user=user).select_for_update():
        feed.revoked_at = clock.now()
        feed.save(update_fields=["revoked_at"])
        Credential.objects.filter(digest=feed.digest).delete()
        record_audit("calendar_feed.revoked", feed, by=user)


def mark_used(feed):
    """Remember, to the hour, when a program last asked. Other reads write nothing."""
    now = clock.now()
    if feed.last_used_at is None or (now - feed.last_used_at).total_seconds() > 3600:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=now)
