"""From the messages of a request to durable rows, once."""

import logging
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)

from cs_platform.lib.ids import uuid7
from tenants.scoping import tenant_scope
from usage.decoding import keys, messages
from usage.decoding.bodies import Body
from usage.decoding.dissecting import Unreadable
from usage.decoding.messages import Sender, row_of
from usage.decoding.refusals import Bad
from usage.services.partitions import make_partitions
from usage.waking import wake_roll_up

logger = logging.getLogger(__name__)

# Another transaction won: deadlock, serialization.
LOST_RACES = ("40P01", "40001")
NO_PARTITION = "23514"
ATTEMPTS = 4
UNSTORABLE = Bad("unstorable", "The database cannot hold a value in it.")


@dataclass(frozen=True)
class Door:
    """What a write key opens: one source of one tenant, to write to."""

    tenant_id: int
    source_id: uuid.UUID
    name: str
    write_key: str
    created_at: datetime

    @classmethod
    def of(cls, source):
        return cls(
            tenant_id=source.tenant_id,
            source_id=source.pk,
            name=source.name,
            write_key=source.write_key,
            created_at=source.created_at,
        )


@dataclass
class Receipt:
    """What became of the messages of a request; the numbers add up to what was sent."""

    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    errors: list = field(default_factory=list)


def take_in(door: Door, body: Body, *, kind: str | None, at: datetime) -> Receipt:
    """Store the good messages of a request and quarantine the bad ones.

    Durable when it returns: events, keys, quarantine and receipt are one transaction,
    which the roll-up claims by the receipt. Repeating it stores nothing new. Raises
    OperationalError when the store is down; nothing is kept then.
    """
    sender = Sender.of(
        source=keys.source_prefix(door.source_id),
        received=at,
        kind=kind,
        envelope=body.envelope,
    )
    rows, bad = _sort(body, sender)
    sent = len(body.messages)
    try:
        accepted = store(door, rows, bad, sent=sent, at=at)
    except DataError:
        logger.exception("a value of source %s cannot be stored", door.source_id)
        for key in unstorable(rows):
            index = rows.pop(key)["at"]
            bad.append(_quarantined(body.messages[index], index, sender, UNSTORABLE))
        accepted = store(door, rows, bad, sent=sent, at=at)
    return Receipt(
        accepted=accepted,
        duplicate=sent - accepted - len(bad),
        quarantined=len(bad),
        errors=[_told(entry) for entry in bad],
    )


def store(door: Door, rows: dict, quarantined: list, *, sent: int, at) -> int:
    """Write one batch, its keys and its receipt in one transaction; how many were new.

    `rows` are rows of `messages.row_of` by their key. Wins a race by trying again.
    """
    ordered = [rows[key] for key in sorted(rows)]
    events = msgspec.json.encode(ordered).decode()
    bad = msgspec.json.encode(quarantined).decode() if quarantined else None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _store(door, events, bad, sent, at)
        except (OperationalError, IntegrityError) as error:
            if attempt == ATTEMPTS or not _is_curable(error, ordered):
                raise
            time.sleep(random.uniform(0, 0.02 * attempt))
    raise AssertionError("unreachable")


def _sort(body, sender):
    """The rows of the good messages by key (a repetition counts once), and the bad."""
    rows: dict = {}
    quarantined = []
    is_large = body.size > messages.LARGEST
    for index, message in enumerate(body.messages):
        try:
            if message.__class__ is Unreadable:
                raise message.bad
            if is_large:
                messages.check_size(message)
            clean = messages.without_nul(message) if body.has_nul else message
            row = row_of(clean, sender)
        except Bad as bad:
            quarantined.append(_quarantined(message, index, sender, bad))
        else:
            row["at"] = index
            rows.setdefault(row["k"], row)
    return rows, quarantined


def _quarantined(message, index, sender, bad):
    """A bad message whole, as text, with its reason."""
    if isinstance(message, Unreadable):
        raw = message.body
    else:
        raw = msgspec.json.encode(message)
    message_id = message.get("messageId") if isinstance(message, dict) else None
    is_text = isinstance(message_id, str | int)
    return {
        "id": str(uuid7()),
        "index": index,
        "message_id": str(message_id).replace("\x00", "")[:300] if is_text else "",
        "kind": sender.kind or "",
        "code": bad.code,
        "message": bad.message,
        "body": raw.decode(errors="backslashreplace").replace("\x00", ""),
        "key": keys.body_key(sender.source, raw),
        "sent_at": str(sender.sent_at or "").replace("\x00", "")[:64],
        "context": _context(sender),
    }


def _context(sender):
    if not sender.context:
        return ""
    return msgspec.json.encode(messages.without_nul(sender.context)).decode()


def _told(entry):
    """What the receipt says of a quarantined message."""
    return {
        "index": entry["index"],
        "messageId": entry["message_id"] or None,
        "code": entry["code"],
        "message": entry["message"],
    }


def _store(door, events, bad, sent, at):
    with tenant_scope(door.tenant_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT usage_store(%s, %s, %s, %s, %s, %s, %s)",
            [
                door.tenant_id,
                str(door.source_id),
                str(uuid7()),
                at,
                sent,
                events,
                bad,
            ],
        )
        (accepted,) = cursor.fetchone()
        if accepted:
            transaction.on_commit(lambda: wake_roll_up(door.tenant_id))
    return accepted


def _is_curable(error, rows):
    cause = error.__cause__
    code = getattr(cause, "pgcode", None)
    # A missing partition is a check violation without the name of a check.
    if code == NO_PARTITION and cause.diag.constraint_name is None:
        make_partitions({row["t"] for row in rows})
        return True
    return code in LOST_RACES


def unstorable(rows):
    """The keys of the rows that Postgres refuses, each asked alone; else all of them."""
    refused = []
    for key, row in rows.items():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT %s::jsonb", [msgspec.json.encode(row).decode()])
        except DataError:
            refused.append(key)
    return refused or list(rows)
