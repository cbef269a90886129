"""What is done to many accounts from the list."""

from uuid import UUID

from django.db import transaction

from accounts.services import ACCOUNTS, save_items
from tenants.models import Role, User
from worklist.services import hand_over_accounts

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
    ids = accounts.values_list("external_id", flat=True)
    items = [{"external_id": external_id, "owner": email} for external_id in ids]
    changes = save_items(ACCOUNTS, items, by=by, creates=False)
    hand_over_accounts()
    return sum(change.status == "updated" for change in changes)
