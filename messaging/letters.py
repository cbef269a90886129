"""What a mail says: the message, framed in the language of who reads it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation


@dataclass(frozen=True)
class Letter:
    address: str
    subject: str
    text: str
    html: str
    message_id: str


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
    with translation.override(person and person.language or tenant.language):
        return Letter(
            address=person.email if person else message.address,
            # A line break in a subject would be another header.
            subject=" ".join(message.subject.split()),
            text=render_to_string("messaging/mail.txt", context),
            html=render_to_string("messaging/mail.html", context),
            message_id=f"<{message.pk}@{urlsplit(settings.SITE_URL).hostname}>",
        )


def _url(message, workspace):
    if message.kind == message.INVITATION:
        return settings.SITE_URL + message.path
    return workspace + message.path if message.path else ""
