"""One message, as any client library writes it, made into the row we keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from usage.decoding import keys, times
from usage.decoding.refusals import Bad

LARGEST = 512 * 1024
DEEPEST = 16
LONGEST_REF = 300
SMALLEST_INTEGER, LARGEST_INTEGER = -(2**63), 2**64 - 1
KINDS = frozenset({"track", "identify", "group", "page", "screen", "alias"})
# Said elsewhere in the row, or only about the sending.
NOT_EXTRA = ("writeKey", "sentAt", "receivedAt", "type", "batch")


@dataclass(frozen=True)
class Sender:
    """What a request says about all of its messages."""

    source: bytes
    received: datetime
    kind: str | None = None
    sent_at: object = None
    context: dict | None = None
    skew: timedelta | None = None
    flag: int = 0

    @classmethod
    def of(cls, *, source, received, kind, envelope):
        sent_at = envelope.get("sentAt")
        context = envelope.get("context")
        skew, flag = times.skew_of(received, sent_at)
        return cls(
            source=source,
            received=received,
            kind=kind,
            sent_at=sent_at,
            context=context if isinstance(context, dict) else None,
            skew=skew,
            flag=flag,
        )


def row_of(message, sender: Sender) -> dict:
    """The row of a message, in the short names `usage_store` reads.

    k key, t time, f flags, y kind, i messageId, n name, u user, a anonymous, g group,
    v previous, p properties or traits, x the rest. Raises `Bad` with the reason.
    """
    if message.__class__ is not dict:
        raise Bad("not_an_object", "A message has to be a JSON object.")
    _inspect(message, DEEPEST)
    rest = message.copy()
    kind = _kind(rest, sender)
    context = _context(rest, sender)
    name, properties = READERS[kind](rest, context)
    row = {"y": kind, "n": name, "p": properties}
    _identify(row, rest, context, kind)
    message_id = _text(rest.pop("messageId", None)).strip()
    row["k"] = (
        keys.message_key(sender.source, message_id)
        if message_id
        else keys.content_key(sender.source, message)
    )
    row["i"] = message_id
    row["t"], row["f"] = _time(rest, sender)
    row["x"] = _extra(rest, context)
    return row


def check_size(message):
    """Raises `Bad` for a message larger than one may be."""
    if len(msgspec.json.encode(message)) > LARGEST:
        raise Bad("too_large", f"It is larger than {LARGEST} bytes.")


def without_nul(value):
    """The same value with U+0000, which Postgres refuses, taken out of every text."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {without_nul(k): without_nul(v) for k, v in value.items()}
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    return value


def _inspect(value, left):
    """Refuse what later readers (JSON in Postgres, floats elsewhere) cannot hold."""
    for item in value.values() if value.__class__ is dict else value:
        kind = item.__class__
        if kind is dict or kind is list:
            if left == 1:
                raise Bad("too_deep", f"It is nested deeper than {DEEPEST}.")
            _inspect(item, left - 1)
        elif kind is int and not SMALLEST_INTEGER <= item <= LARGEST_INTEGER:
            raise Bad("number_out_of_range", "A number is too large to be kept.")


def _kind(rest, sender):
    kind = rest.pop("type", None) or sender.kind
    if not kind:
        raise Bad("missing_type", "It does not say its type.")
    if kind.__class__ is str and (kind in KINDS or kind.lower() in KINDS):
        return kind.lower()
    raise Bad("unknown_type", f"There is no type {str(kind)[:40]!r}.")


def _context(rest, sender):
    context = _object(rest, "context")
    return {**sender.context, **context} if sender.context else context


def _object(rest, name):
    """The object of that name; null, nothing and PHP's empty list are an empty one."""
    value = rest.pop(name, None)
    if value.__class__ is dict:
        return value
    if not value:
        return {}
    raise Bad(f"invalid_{name}", f"`{name}` has to be a JSON object.")


def _track(rest, context):
    name = _text(rest.pop("event", None))
    if not name:
        raise Bad("missing_event", "A track call needs `event`.")
    return name, _object(rest, "properties")


def _identify_traits(rest, context):
    traits = _object(rest, "traits")
    of_context = context.get("traits")
    if of_context and of_context.__class__ is dict:
        traits = of_context | traits
    return "", traits


def _group_traits(rest, context):
    # Those of the context are the user's: they never describe the account.
    return "", _object(rest, "traits")


def _page(rest, context):
    properties = _object(rest, "properties")
    if category := rest.pop("category", None):
        properties = {**properties, "category": category}
    name = _text(rest.pop("name", None)) or _loose(properties.get("name"))
    return name or _loose(properties.get("category")), properties


def _alias(rest, context):
    return "", _object(rest, "properties")


READERS = {
    "track": _track,
    "identify": _identify_traits,
    "group": _group_traits,
    "page": _page,
    "screen": _page,
    "alias": _alias,
}


def _identify(row, rest, context, kind):
    """Who it is about; raises `Bad` when it is about nobody."""
    row["u"] = user = _ref(rest.pop("userId", None), "userId")
    row["a"] = anonymous = _ref(rest.pop("anonymousId", None), "anonymousId")
    group = _ref(rest.pop("groupId", None), "groupId")
    row["v"] = ""
    if kind == "group":
        if not group:
            raise Bad("missing_group", "A group call needs `groupId`.")
    elif kind == "alias":
        row["v"] = _previous(rest, user, anonymous)
    elif not user and not anonymous:
        raise Bad("missing_id", "It needs a `userId` or an `anonymousId`.")
    if not group:
        group = _loose(context.get("groupId"))
        if not group and kind != "identify":
            group = _loose(row["p"].get("groupId"))
    row["g"] = group


def _previous(rest, user, anonymous):
    previous = _ref(rest.pop("previousId", None), "previousId") or anonymous
    if not previous or not user:
        raise Bad("missing_id", "An alias needs `previousId` and `userId`.")
    return previous


def _ref(value, name):
    """An id as text: numbers are cast, blanks trimmed; nothing is empty."""
    if value is None:
        return ""
    text = _text(value).strip()
    if len(text) > LONGEST_REF:
        raise Bad("invalid_id", f"`{name}` is longer than {LONGEST_REF}.")
    if not text and not isinstance(value, str):
        raise Bad("invalid_id", f"`{name}` has to be text or a number.")
    return text


def _loose(value):
    """An id or name where other things may stand as well: those are not one."""
    text = _text(value).strip()
    return text if len(text) <= LONGEST_REF else ""


def _text(value):
    if value.__class__ is str:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def _time(rest, sender):
    timestamp = rest.pop("timestamp", None)
    original = rest.pop("originalTimestamp", None)
    skew, flag = sender.skew, sender.flag
    if (sent_at := rest.pop("sentAt", None)) is not None:
        own_skew, own_flag = times.skew_of(sender.received, sent_at)
        if times.parse(sent_at) is not None:
            skew, flag = own_skew, own_flag
    timestamp = original if timestamp is None or timestamp == "" else timestamp
    return times.occurred(timestamp, sender.received, skew, flag)


def _extra(rest, context):
    """What nobody reads today, kept: the context and keys we do not know."""
    extra = {
        name: value
        for name, value in rest.items()
        if value is not None and value != {} and name not in NOT_EXTRA
    }
    if context:
        extra["context"] = context
    return extra or None
