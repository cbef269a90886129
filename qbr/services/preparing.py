"""The eight things to know before a review: ticked by people, with what was found."""

from django.db import transaction
from django.utils import translation

from cs_platform.lib import clock
from qbr.models import PreparationItem, Status
from qbr.queries.facts import facts_of
from qbr.services.locking import locked


@transaction.atomic
def tick(review, key, *, by=None, note=None, is_done=True, at=None) -> PreparationItem:
    """Say that one of the eight is prepared, or is not after all.

    Keeps what the data showed at that moment, and the person's note when one is given.
    The review is in preparation from then on. Raises `Stale` when it is not ahead.
    """
    review = locked(review, ahead=True)
    at = at or clock.now()
    item, _is_new = PreparationItem.objects.get_or_create(review=review, key=key)
    if note is not None:
        item.note = note[:4000]
    if is_done != bool(item.done_at):
        item.done_at, item.done_by = (at, by) if is_done else (None, None)
        item.found, item.found_at = _found(review)[key], at
    item.save()
    if review.status == Status.PLANNED:
        review.status = Status.PREPARING
        review.save(update_fields=["status", "updated_at"])
    return item


def keep_findings(review, *, at):
    """Keep for all eight what the data shows now: a held review is not read again."""
    rows = {item.key: item for item in PreparationItem.objects.filter(review=review)}
    for key, found in _found(review).items():
        item = rows.get(key) or PreparationItem(review=review, key=key)
        item.found, item.found_at = found, at
        item.save()


def _found(review):
    """What the data shows now, in the language of the workspace: it is kept for all."""
    with translation.override(review.tenant.language):
        return {
            key: [fact.row for fact in facts] for key, facts in facts_of(review).items()
        }
