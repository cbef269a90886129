"""Write to somebody outside the workspace: a row of the outbox, with its files."""

from django.db import transaction

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from messaging.letters import File
from messaging.models import Attachment, Channel, Message
from tenants.scoping import current_tenant_id


@transaction.atomic
def write_to(
    address,
    *,
    kind,
    subject,
    body,
    unique_key,
    language="",
    reply_to="",
    files: tuple[File, ...] = (),
) -> bool:
    """Put a mail to an address into the outbox; the sender delivers it after the commit.

    `unique_key` says what it tells: written twice it is one mail. The answer goes to
    `reply_to`. Returns whether it was new.
    """
    message = Message(
        channel=Channel.EMAIL,
        unique_key=unique_key,
        kind=kind,
        address=address,
        language=language,
        reply_to=reply_to,
        subject=subject[:300],
        body=body,
        next_attempt_at=clock.now(),
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.filter(pk=message.pk).exists():
        return False
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=file.name,
            content_type=file.content_type,
            content=file.content,
        )
        for file in files
    )
    wake("messaging.deliver", tenant_id=current_tenant_id())
    return True
