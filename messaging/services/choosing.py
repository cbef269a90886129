"""What a person wants to be told, and how."""

from django.db import transaction

from messaging.models import Preference


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
