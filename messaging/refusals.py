"""What a mail server means when it refuses: plain code and text in, a judgement out."""

import re
from dataclasses import dataclass

# RFC 3463: 5.1.x is about the address, 5.2.1 a mailbox that is closed for good. Others
# (a full mailbox, a policy, spam) say nothing about whether somebody is there.
ENHANCED = re.compile(r"^\s*5\.(\d{1,3})\.(\d{1,3})\b")
NOBODY_THERE = (550, 551, 553)


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

    def __str__(self):
        return f"{self.code} {self.text}"


def refusal(code: int, text: bytes | str, *, is_of_address: bool) -> Refusal:
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return Refusal(code, text, is_of_address)
