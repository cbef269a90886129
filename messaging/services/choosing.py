"""What a person wants to be told, and how."""

from django.db import transaction

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from messaging.models import Message, Preference, QuietHours
from tenants.scoping import current_tenant_id


@transaction.atomic
def choose(user, wanted: dict):
    """Keep for each (topic, channel) whether the person wants it. Safe to repeat."""
    Preference.objects.bulk_create(
        [
            Preference(user=user, kind=topic, channel=channel, is_wanted=is_wanted)
            for (topic, channel), is_wanted in sorted(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["tenant", "user", "kind", "channel"],
        update_fields=["is_wanted"],
    )


@transaction.atomic
def keep_quiet(user, hours: dict | None):
    """Keep when the person wants no mail (fields of QuietHours); None: at no time.

    What waits for hours that are no longer so is weighed again at once. Safe to repeat.
    """
    if hours is None:
        QuietHours.objects.filter(user=user).delete()
    else:
        QuietHours.objects.update_or_create(user=user, defaults=hours)
    waiting = Message.objects.filter(
        recipient=user, state=Message.State.WAITING, attempts=0
    )
    if waiting.update(next_attempt_at=clock.now()):
        wake("messaging.deliver", tenant_id=current_tenant_id())
