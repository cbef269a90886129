"""What a mail says: the message, framed in the language of who reads it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation


@dataclass(frozen=True)
class File:
    """Something that goes with a letter."""

    name: str
    content_type: str
    content: bytes

    @property
    def is_calendar(self):
        """Mail programs answer a calendar only where it is a form of the letter."""
        return self.content_type.startswith("text/calendar")


@dataclass(frozen=True)
class Letter:
    address: str
    subject: str
    text: str
    html: str
    message_id: str
    reply_to: str = ""
    files: list[File] = field(default_factory=list)


def compose(message, tenant) -> Letter:
    """The mail of a message; the same message always has the same Message-ID."""
    person = message.recipient
    workspace = f"{settings.SITE_URL}/t/{tenant.slug}"
    context = {
        "message": message,
        "tenant": tenant,
        "person": person,
        "url": _url(message, workspace),
        "preferences_url": f"{workspace}/settings/notifications/" if person else "",
    }
    language = person.language if person else message.language
    with translation.override(language or tenant.language):
        return Letter(
            address=person.email if person else message.address,
            # A line break in a subject would be another header.
            subject=" ".join(message.subject.split()),
            text=render_to_string("messaging/mail.txt", context),
            html=render_to_string("messaging/mail.html", context),
            message_id=f"<{message.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            reply_to=message.reply_to,
            files=_files(message),
        )


def _files(message):
    kept = message.attachments.order_by("name")
    return [File(one.name, one.content_type, bytes(one.content)) for one in kept]


def _url(message, workspace):
    if message.kind == message.INVITATION:
        return settings.SITE_URL + message.path
    return workspace + message.path if message.path else ""
