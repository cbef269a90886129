"""What a mail server means when it refuses: plain code and text in, a judgement out."""

import re
from dataclasses import dataclass
from enum import Enum

# RFC 3463: 5.1.x is about the address, 5.2.1 a mailbox that is closed for good. Others
# (a full mailbox, a policy, spam) say nothing about whether somebody is there.
ENHANCED = re.compile(r"^\s*5\.(\d{1,3})\.(\d{1,3})\b")
NOBODY_THERE = (550, 551, 553)
# Without more said, also: a mailbox that is full.
OF_ADDRESS = (*NOBODY_THERE, 552)


class End(Enum):
    """Why a message was never delivered."""

    # Nobody is at the address: to write there again would be as vain.
    GONE = "gone"
    # The server takes no mail for this address, as things stand.
    REFUSED = "refused"
    # It was never reached, or had nothing to say against the address: try again.
    UNSENT = "unsent"


@dataclass(frozen=True)
class Refusal:
    code: int
    text: str
    # Of the address, not of what was written to it.
    is_of_address: bool

    @property
    def is_final(self):
        return 500 <= self.code < 600

    @property
    def is_address_gone(self):
        """Whether to write there again would be as vain."""
        if not (self.is_final and self.is_of_address):
            return False
        said = ENHANCED.match(self.text)
        if said is None:
            return self.code in NOBODY_THERE
        return said[1] == "1" or said.groups() == ("2", "1")

    @property
    def is_about_address(self):
        """Whether it was the address that was refused: 5.1.x and 5.2.x, not a policy."""
        if not (self.is_final and self.is_of_address):
            return False
        said = ENHANCED.match(self.text)
        if said is None:
            return self.code in OF_ADDRESS
        return said[1] in ("1", "2")

    @property
    def end(self) -> End:
        if self.is_address_gone:
            return End.GONE
        return End.REFUSED if self.is_about_address else End.UNSENT

    def __str__(self):
        return f"{self.code} {self.text}"


def refusal(code: int, text: bytes | str, *, is_of_address: bool) -> Refusal:
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return Refusal(code, text, is_of_address)
