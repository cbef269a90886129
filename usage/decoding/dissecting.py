"""A body that is not strict JSON, cut into messages, so that a bad one harms no other.

Slow (Python looks at every bracket) and rare: only when the strict decoder refused.
"""

import json
import math
import re
from dataclasses import dataclass

import msgspec

from usage.decoding.refusals import Bad, Refused

TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]', re.DOTALL)
# A body of brackets alone must not keep a process busy for long.
MOST_TOKENS = 4_000_000
QUOTE, COMMA, OPEN_LIST = b'",['
OPENING, CLOSING = b"[{", b"]}"

TOO_DEEP = Bad("too_deep", "It is nested too deep.")
NOT_A_NUMBER = Bad("not_a_number", "NaN and Infinity are no JSON numbers.")
INVALID_TEXT = Bad("invalid_text", "It holds text that is not valid Unicode.")
OUT_OF_RANGE = Bad("number_out_of_range", "A number is too large to be kept.")


@dataclass(frozen=True)
class Unreadable:
    """A message that is no strict JSON: its bytes, and why."""

    body: bytes
    bad: Bad


def dissect(body: bytes):
    """The body's value with every unreadable message as an `Unreadable`.

    Raises `Refused` when it is not JSON at all, even with those set aside.
    """
    cut = _Cut(body)
    if cut.begins is None:
        if not body.lstrip().startswith(b"{"):
            raise _not_json()
        return _item(body)
    # What stands around the messages has to be JSON by itself.
    around = body[: cut.begins] + body[cut.ends :]
    try:
        envelope = msgspec.json.decode(around)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _not_json() from None
    return envelope | {"batch": [_item(piece) for piece in cut.pieces]}


class _Cut:
    """Where the list `batch` begins and ends, and its pieces between the commas."""

    def __init__(self, body):
        self.body = body
        self.begins = self.ends = None
        self.pieces = []
        self._depth, self._name = 0, b""
        for count, token in enumerate(TOKEN.finditer(body)):
            if count > MOST_TOKENS:
                raise Refused(413, "too_complex", "The body has too many parts.")
            self._take(token)
        if self._depth or (self.begins is not None and self.ends is None):
            raise _not_json()

    def _take(self, token):
        first = self.body[token.start()]
        if first == QUOTE:
            if self._depth == 1:
                self._name = token.group()
        elif first in OPENING:
            self._open(token, first)
        elif first in CLOSING:
            self._close(token)
        elif self._depth == 2 and self._is_inside:
            self._end_piece(token)
        elif self._depth == 1:
            self._name = b""

    @property
    def _is_inside(self):
        return self.begins is not None and self.ends is None

    def _open(self, token, first):
        is_batch = self._depth == 1 and self._name == b'"batch"' and first == OPEN_LIST
        if is_batch and self.begins is None:
            self.begins = self._piece_begins = token.end()
        self._depth += 1

    def _close(self, token):
        self._depth -= 1
        if self._depth < 0:
            raise _not_json()
        if self._depth == 1 and self._is_inside:
            is_empty = not self.pieces and not self._piece(token).strip()
            if not is_empty:
                self._end_piece(token)
            self.ends = token.start()

    def _end_piece(self, token):
        self.pieces.append(self._piece(token))
        self._piece_begins = token.end()

    def _piece(self, token):
        return self.body[self._piece_begins : token.start()]


def _item(body):
    """One message, or why it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Unreadable(body.strip(), _why(body))


def _why(body):
    constants, numbers = [], []
    try:
        # Not strict: a raw control character spoils a text, not the whole body.
        json.loads(
            body.decode(),
            parse_constant=constants.append,
            parse_float=lambda text: numbers.append(float(text)),
            parse_int=float,
            strict=False,
        )
    except UnicodeDecodeError:
        return INVALID_TEXT
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        raise _not_json() from None
    if constants:
        return NOT_A_NUMBER
    # What is left of what the strict decoder refuses: half a surrogate, a control.
    return OUT_OF_RANGE if any(map(math.isinf, numbers)) else INVALID_TEXT


def _not_json():
    return Refused(400, "invalid_json", "The body is not valid JSON.")
