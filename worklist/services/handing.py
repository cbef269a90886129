"""What is open follows the accounts that change hands."""

from django.db import transaction

from accounts.models import Handover
from worklist.models import Alert, Task


@transaction.atomic
def hand_over_accounts(*, limit=500) -> int:
    """Give what is open for accounts that changed hands to their new owners.

    Claims the handovers recorded in the tenant in scope, in their order: tasks and
    alerts that stood on the former owner's list move; those of others, and what is
    closed, stay. Returns how many handovers it handled; safe to repeat.
    """
    # Not past a locked one: of two handovers of an account the first comes first.
    claimed = list(
        Handover.objects.order_by("created_at", "pk").select_for_update()[:limit]
    )
    for handover in claimed:
        for rows in (Task.objects.open(), Alert.objects.open()):
            theirs = rows.filter(account=handover.account_id, owner=handover.was_id)
            ids = list(
                theirs.order_by("pk").select_for_update().values_list("pk", flat=True)
            )
            rows.filter(pk__in=ids).update(owner=handover.to_id)
    Handover.objects.filter(pk__in=[handover.pk for handover in claimed]).delete()
    return len(claimed)
