from accounts.models import Handover
from cs_platform.lib.wake import wake
from tenants.models import User
from tenants.scoping import current_tenant_id


def record_handovers(changes):
    """Record which of the accounts went from one owner to another; wakes the worklist.

    Call it in the transaction of the change. A first owner takes nothing from anybody,
    and without a new one what is open stays where it is. An account that changes hands
    twice in a batch went from the first owner to the last.
    """
    hands = {}
    for change in changes:
        before, after = change.before or {}, change.after or {}
        if "owner" in before:
            was, _ = hands.get(change.row.pk, (before["owner"], None))
            hands[change.row.pk] = was, after["owner"]
    moved = {pk: both for pk, both in hands.items() if all(both)}
    if not moved:
        return
    emails = {email for both in moved.values() for email in both}
    people = dict(User.objects.filter(email__in=emails).values_list("email", "pk"))
    Handover.objects.bulk_create(
        Handover(account_id=pk, was_id=people[was], to_id=people[to])
        for pk, (was, to) in moved.items()
    )
    wake("worklist.hand_over", tenant_id=current_tenant_id())
