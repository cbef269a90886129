"""What a person was told, and what could not be delivered."""

from cs_platform.lib.keyset import Order, Page, page_of
from messaging import quiet
from messaging.letters import CORRESPONDENCES
from messaging.models import Message, QuietHours
from tenants.models import Tenant

PAGE_SIZE = 50
NEWEST = Order("created_at", descending=True)
# What the bell can show.
MOST = 99


def quiet_until(message, at):
    """When what keeps this back ends, the hours of who wrote it or the quiet hours of
    who reads it; None: send it."""
    if message.kind in CORRESPONDENCES:
        return CORRESPONDENCES[message.kind].held_until(message, at)
    hours = QuietHours.objects.filter(user=message.recipient_id).first()
    if hours is None or (message.is_urgent and hours.urgent_passes):
        return None
    zone = hours.timezone or Tenant.objects.get(pk=message.tenant_id).timezone
    return quiet.quiet_until(at, starts=hours.starts, ends=hours.ends, zone=zone)


def unread_count(user) -> int:
    """How many notices the person has not read, counted no further than one over 99."""
    return Message.objects.inbox_of(user).unread()[: MOST + 1].count()


def notice_page(user, *, is_unread=False, after="", before="") -> Page:
    """A page of what a person was told, the newest first. Raises BadCursor."""
    notices = Message.objects.inbox_of(user)
    if is_unread:
        notices = notices.unread()
    columns = ("id", "kind", "subject", "body", "path", "sent_at", "read_at")
    return page_of(
        notices, NEWEST, columns=columns, size=PAGE_SIZE, after=after, before=before
    )


def dead_letter_page(*, after="", before="") -> Page:
    """A page of the messages that could not be delivered. Raises BadCursor."""
    columns = ("id", "channel", "subject", "address", "recipient__email",
               "attempts", "error", "created_at")  # fmt: skip
    return page_of(
        Message.objects.dead(),
        NEWEST,
        columns=columns,
        size=PAGE_SIZE,
        after=after,
        before=before,
    )
