"""Reviews go with their accounts to other owners."""

from django.db.models import OuterRef, Subquery

from accounts.models import Account
from qbr.models import Attendee, Review, Side
from qbr.queries.planning import reviews_of_another_owner


def follow_owners() -> int:
    """Give reviews ahead that follow their account to its owner; how many moved.

    A row in somebody's hands is left to the next run.
    """
    moved = reviews_of_another_owner().order_by("pk")
    locked = moved.select_for_update(of=("self",), no_key=True, skip_locked=True)
    ids = list(locked.values_list("pk", flat=True))
    owner = Account.objects.filter(pk=OuterRef("account_id")).values("owner_id")[:1]
    if ids:
        Review.objects.filter(pk__in=ids).update(owner_id=Subquery(owner))
        _host(ids)
    return len(ids)


def _host(ids):
    """The new owners come to the reviews that were given to them."""
    rows = Review.objects.filter(pk__in=ids, owner__isnull=False)
    Attendee.objects.bulk_create(
        [
            Attendee(review_id=pk, side=Side.OURS, user_id=owner_id)
            for pk, owner_id in rows.values_list("pk", "owner_id")
        ],
        ignore_conflicts=True,
    )
