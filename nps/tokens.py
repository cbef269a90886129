"""The secrets in our links: signed, short, each good for one purpose alone.

A token names its workspace, so that nobody has to look over the wall to find it, and
one row in it. Whether that row still takes an answer, the row says.
"""

import base64
import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.core import signing

KEY, SERIAL = 16, 4  # bytes of a row's id, and of what makes older tokens worthless
TENANT = KEY + SERIAL
# What is made for one sitting ends with it.
SITTING = timedelta(hours=2)


class Purpose(StrEnum):
    """What a token opens; each has a salt of its own, so none opens another's door."""

    ASK = "ask"  # an invitation: answer it
    STOP = "stop"  # an invitation: never write to its address again
    KIOSK = "kiosk"  # a survey: anybody in front of the screen may answer
    SNIPPET = "snippet"  # a survey, inside the product of the workspace
    TURN = "turn"  # one asking of somebody unknown, good for one answer
    WORDS = "words"  # an answer just given: say why


PASSING = (Purpose.WORDS,)


@dataclass(frozen=True)
class Named:
    tenant_id: int
    key: uuid.UUID
    serial: int = 1


def token_of(purpose: Purpose, named: Named, *, within: str = "") -> str:
    """The token of a row, of letters that need no quoting in an address; good only
    where the same is said of what it is `within`."""
    size = max(1, (named.tenant_id.bit_length() + 7) // 8)
    body = (
        named.key.bytes
        + named.serial.to_bytes(SERIAL, "big")
        + named.tenant_id.to_bytes(size, "big")
    )
    text = base64.urlsafe_b64encode(body).rstrip(b"=").decode()
    return _signer(purpose, within).sign(text)


def new_turn(source: str, survey) -> str:
    """A turn at one survey in one way; worthless once its links are replaced."""
    turn = Named(survey.tenant_id, uuid.uuid4(), survey.link_serial)
    return token_of(Purpose.TURN, turn, within=_place(source, survey))


def read_turn(text: str, source: str, survey) -> uuid.UUID | None:
    """Which turn it is, if it is one at this survey in this way."""
    turn = read_token(text, Purpose.TURN, within=_place(source, survey))
    return turn.key if turn else None


def read_token(text: str, purpose: Purpose, *, within: str = "") -> Named | None:
    """What a token names; None for a forged, mangled or overaged one, or another's."""
    signer = _signer(purpose, within)
    try:
        if isinstance(signer, signing.TimestampSigner):
            body = signer.unsign(text, max_age=SITTING)
        else:
            body = signer.unsign(text)
        content = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (signing.BadSignature, ValueError):
        return None
    key, serial, tenant = content[:KEY], content[KEY:TENANT], content[TENANT:]
    if not 0 < len(tenant) <= 8:
        return None
    return Named(
        int.from_bytes(tenant, "big"),
        uuid.UUID(bytes=key),
        int.from_bytes(serial, "big"),
    )


def _place(source, survey):
    return f"{source}:{survey.tenant_id}:{survey.pk}:{survey.link_serial}"


def _signer(purpose, within):
    kind = signing.TimestampSigner if purpose in PASSING else signing.Signer
    return kind(salt=f"nps.{purpose}{within and f':{within}'}", sep=".")
