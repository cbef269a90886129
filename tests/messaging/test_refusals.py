"""Whose fault a refusal is: only an address where nobody is is never written to again."""

import pytest

from messaging.refusals import End, refusal


@pytest.mark.parametrize(
    ("code", "text", "is_of_address", "end"),
    [
        (550, b"5.1.1 no such user", True, End.GONE),
        (550, "no such user", True, End.GONE),
        (553, "5.1.3 bad address", True, End.GONE),
        (550, "5.2.1 mailbox disabled", True, End.GONE),
        (552, "5.2.2 mailbox full", True, End.REFUSED),
        (552, "mailbox full", True, End.REFUSED),
        (550, "5.7.1 refused by policy", True, End.UNSENT),
        (554, "transaction failed", True, End.UNSENT),
        (450, "4.1.1 later", True, End.UNSENT),
        (550, "5.1.1 no such user", False, End.UNSENT),
    ],
)
def test_a_refusal_is_of_the_address_or_only_of_the_letter(
    code, text, is_of_address, end
):
    found = refusal(code, text, is_of_address=is_of_address)

    assert found.end == end


def test_a_refusal_is_told_as_the_server_said_it():
    found = refusal(550, b"5.1.1 no\xff", is_of_address=True)

    assert (str(found), found.is_final) == (
        "550 5.1.1 no\N{REPLACEMENT CHARACTER}",
        True,
    )
