"""One review in hand: locked, and as somebody has seen it."""

from qbr.models import Review


class Stale(Exception):
    """Somebody else has changed the review, or held or cancelled it, meanwhile."""

    def __init__(self, review):
        super().__init__(review.pk)
        self.review = review


def locked(review, *, seen=None, ahead=False) -> Review:
    """The review under a lock; `Stale` when it is not as it was seen, or not ahead."""
    rows = Review.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("account__owner", "owner").get(pk=review.pk)
    if seen is not None and found.revision != seen:
        raise Stale(found)
    if ahead and not found.is_ahead:
        raise Stale(found)
    return found
