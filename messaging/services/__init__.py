from messaging.services.announcing import announce, recall
from messaging.services.choosing import choose, keep_quiet
from messaging.services.reading import mark_read
from messaging.services.sending import deliver, retry_message
from messaging.services.writing import write_to

__all__ = [
    "announce",
    "choose",
    "deliver",
    "keep_quiet",
    "mark_read",
    "recall",
    "retry_message",
    "write_to",
]
