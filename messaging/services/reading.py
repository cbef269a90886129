from cs_platform.lib import clock
from messaging.models import Message


def mark_read(user, *, only=None):
    """Mark the person's unread notices as read: all, or those of these ids."""
    unread = Message.objects.inbox_of(user).unread()
    if only is not None:
        unread = unread.filter(pk__in=only)
    return unread.update(read_at=clock.now())
