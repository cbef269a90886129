"""What is done to many accounts from the list."""

from uuid import UUID

from django.db import transaction

from accounts.services import ACCOUNTS, save_items
from tenants.models import Role, User

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

    Each change enters the audit trail. Safe to repeat.
    """
    email = User.objects.get(pk=owner_id).email
    items = [
        {"external_id": external_id, "owner": email}
        for external_id in accounts.values_list("external_id", flat=True)
    ]
    changes = save_items(ACCOUNTS, items, by=by, creates=False)
    return sum(change.status == "updated" for change in changes)
