"""What a person was told, and what could not be delivered."""

from messaging.models import Message


def unread_count(user) -> int:
    """How many notices the person has not read: the number on the bell."""
    return Message.objects.inbox_of(user).unread().count()
