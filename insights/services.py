"""What is done to many accounts from the list."""

from collections import defaultdict
from uuid import UUID

from django.db import transaction

from accounts.services import ACCOUNTS, save_items
from tenants.models import Role, User
from worklist.services import hand_over

# Who hands accounts over.
ASSIGNERS = (Role.LEAD, Role.OPS, Role.ADMIN)


def readable_ids(texts) -> list[UUID]:
    """The ids among what a browser sent; the rest was never ours."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@transaction.atomic
def assign_accounts(accounts, *, owner_id: int, by) -> int:
    """Give the accounts to another owner; returns how many changed hands.

    What is open on the list of the former owner goes with them. Each change enters the
    audit trail. Safe to repeat.
    """
    email = User.objects.get(pk=owner_id).email
    owners = dict(accounts.values_list("external_id", "owner"))
    items = [{"external_id": external_id, "owner": email} for external_id in owners]
    changes = save_items(ACCOUNTS, items, by=by, creates=False)
    theirs = defaultdict(list)
    for change in changes:
        if change.status == "updated" and owners[change.external_id]:
            theirs[owners[change.external_id]].append(change.row.pk)
    for former, account_ids in sorted(theirs.items()):
        hand_over(account_ids, was=former, to=owner_id)
    return sum(change.status == "updated" for change in changes)
