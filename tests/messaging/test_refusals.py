"""Whose fault a refusal is: only an address where nobody is is never written to again."""

import pytest

from messaging.refusals import refusal


@pytest.mark.parametrize(
    ("code", "text", "is_of_address", "gone"),
    [
        (550, b"5.1.1 no such user", True, True),
        (550, "no such user", True, True),
        (553, "5.1.3 bad address", True, True),
        (550, "5.2.1 mailbox disabled", True, True),
        (552, "5.2.2 mailbox full", True, False),
        (550, "5.7.1 refused by policy", True, False),
        (554, "transaction failed", True, False),
        (450, "4.1.1 later", True, False),
        (550, "5.1.1 no such user", False, False),
    ],
)
def test_an_address_is_gone_when_nobody_is_there(code, text, is_of_address, gone):
    found = refusal(code, text, is_of_address=is_of_address)

    assert found.is_address_gone == gone


def test_a_refusal_is_told_as_the_server_said_it():
    found = refusal(550, b"5.1.1 no\xff", is_of_address=True)

    assert (str(found), found.is_final) == (
        "550 5.1.1 no\N{REPLACEMENT CHARACTER}",
        True,
    )
