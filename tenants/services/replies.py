from datetime import timedelta

from cs_platform.lib import clock
from tenants.models import IdempotentReply

# A client that repeats a request does so within minutes; two days are generous.
KEPT = timedelta(hours=48)


def forget_replies(*, at=None, limit=1000) -> int:
    """Delete the oldest replies that nobody will ask for again, up to `limit`.

    Their keys may be used anew. Needs the scope; safe to repeat. Returns how many.
    """
    before = (at or clock.now()) - KEPT
    # Ids are of their time: the oldest are the first of the primary key.
    old = IdempotentReply.objects.filter(created_at__lt=before).order_by("pk")
    ids = list(old.values_list("pk", flat=True)[:limit])
    deleted, _ = IdempotentReply.objects.filter(pk__in=ids).delete()
    return deleted
