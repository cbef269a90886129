"""What a mail says: the message, framed in the language of who reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from messaging.refusals import End


@dataclass(frozen=True)
class File:
    """Something that goes with a letter."""

    name: str
    content_type: str
    content: bytes
    # Shown inside the letter, where it says `cid:…`; empty: beside it.
    cid: str = ""

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
    # Empty: as the site is called.
    sender: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Correspondence:
    """How an app above writes the letters of a kind, and hears what became of one."""

    # Message and tenant in: the letter as things stand when it goes out; None: not to
    # be sent any more.
    write: Callable[[Any, Any], Letter | None]
    # Message and instant in: until when it may not go out; None: now.
    held_until: Callable[[Any, datetime], datetime | None]
    # The message is out, in the transaction that records it.
    sent: Callable[[Any], None]
    # The message was not delivered, and why; somebody may still send it again.
    ended: Callable[[Any, End], None]


# By kind of message; an app enters its own when it is ready.
CORRESPONDENCES: dict[str, Correspondence] = {}


def message_id_of(message) -> str:
    """The same message always has the same Message-ID."""
    return f"<{message.pk}@{urlsplit(settings.SITE_URL).hostname}>"


def compose(message, tenant) -> Letter | None:
    """The mail of a message; None: what it asked for is over, nothing is to be sent."""
    if message.kind in CORRESPONDENCES:
        return CORRESPONDENCES[message.kind].write(message, tenant)
    return _notice(message, tenant)


def _notice(message, tenant):
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
            message_id=message_id_of(message),
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
