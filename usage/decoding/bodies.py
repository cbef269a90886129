"""A request's body taken apart into its messages; what cannot be read stays apart."""

import re
from dataclasses import dataclass

import msgspec

from usage.decoding import dissecting
from usage.decoding.dissecting import Unreadable
from usage.decoding.refusals import Refused

MOST_MESSAGES = 10_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WRITE_KEY = re.compile(rb'"writeKey"\s*:\s*"([^"\\]{1,100})"')


@dataclass(frozen=True)
class Body:
    """The messages of a request, and what stands around them."""

    envelope: dict
    messages: list  # dicts, `Unreadable`s, or whatever else somebody put there
    size: int
    # Postgres cannot hold U+0000 in any text.
    has_nul: bool

    @property
    def write_key(self):
        """The key in the body: of the batch, else of its first message, else None."""
        if key := self.envelope.get("writeKey"):
            return key
        first = self.messages[0] if self.messages else None
        if isinstance(first, Unreadable):
            found = WRITE_KEY.search(first.body)
            return found[1].decode(errors="replace") if found else None
        return first.get("writeKey") if isinstance(first, dict) else None


def read(body: bytes, *, kind: str | None) -> Body:
    """Take a body apart. `kind` is what the path says a message is; None: a batch.

    Raises `Refused`, 400, for what is not JSON or neither a batch nor a message, and
    413 for too many messages.
    """
    body = body.removeprefix(BYTE_ORDER_MARK)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = dissecting.dissect(body)
    envelope, messages = _shape(value, kind)
    if len(messages) > MOST_MESSAGES:
        raise Refused(
            413, "too_many_messages", f"Send at most {MOST_MESSAGES} messages at once."
        )
    return Body(envelope, messages, len(body), b"\\u0000" in body)


def _shape(value, kind):
    if isinstance(value, Unreadable):
        return {}, [value]
    if isinstance(value, dict):
        batch = value.get("batch")
        if isinstance(batch, list):
            return value, batch
        if batch is None and (kind or value.get("type")):
            return {}, [value]
    raise Refused(400, "invalid_body", "The body is neither a batch nor a message.")
