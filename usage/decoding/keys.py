"""What makes a message the same message."""

import hashlib
import uuid

import msgspec

# Of a message without an id: what differs between two attempts to send it.
OF_THE_ATTEMPT = ("sentAt", "receivedAt")


def message_key(source: bytes, message_id: str) -> str:
    """128 bits, in hex, of the id a source gave a message. No secret: MD5 is enough."""
    return hashlib.md5(
        source + message_id.encode(errors="replace"), usedforsecurity=False
    ).hexdigest()


def content_key(source: bytes, message: dict) -> str:
    """The same for a message without an id: it is its content."""
    content = {k: v for k, v in message.items() if k not in OF_THE_ATTEMPT}
    return body_key(source, msgspec.json.encode(content, order="deterministic"))


def body_key(source: bytes, body: bytes) -> str:
    """128 bits, in hex, of a body a source sent."""
    return hashlib.md5(source + b"\0" + body, usedforsecurity=False).hexdigest()


def source_prefix(source_id: uuid.UUID) -> bytes:
    return source_id.bytes
