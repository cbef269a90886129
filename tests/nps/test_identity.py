"""Who the snippet is told the person is: signed by the workspace's server, or nobody."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from nps.identity import is_signed

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
AT = int(NOW.timestamp())


def by_the_description(secret, account, contact):
    said = f"{account}\n{contact}\n{AT}".encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()


def signed(**changed):
    """As the server of a workspace does it, by the description alone."""
    right = by_the_description(b"secret", "acc-1", "con-1")
    said = {
        "secret": "secret",
        "account": "acc-1",
        "contact": "con-1",
        "at": AT,
        "signature": right,
        "now": NOW,
    }
    said |= changed
    return is_signed(said.pop("secret"), **said)


def test_what_the_server_signed_is_believed():
    assert signed()


@pytest.mark.parametrize(
    "changed",
    [
        {"account": "acc-2"},
        {"contact": "con-2"},
        {"at": AT + 1},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "é" * 64},
        {"secret": "other"},
        {"secret": ""},
        {"account": "acc-1\ncon-1", "contact": str(AT)},
        {"now": NOW + timedelta(days=1, seconds=1)},
        {"now": NOW - timedelta(minutes=6)},
    ],
)
def test_nothing_else_is(changed):
    assert not signed(**changed)


def test_where_no_secret_was_made_nobody_can_sign():
    signature = by_the_description(b"", "acc-1", "con-1")

    assert not signed(secret="", signature=signature)


@pytest.mark.parametrize(
    ("account", "contact"), [("acc-1\ncon", "1"), ("acc-1", "con\n1")]
)
def test_what_was_signed_of_one_person_says_nothing_of_another(account, contact):
    # Both read alike, a line each: neither may be taken for the other.
    signature = by_the_description(b"secret", "acc-1\ncon", "1")

    assert not signed(account=account, contact=contact, signature=signature)
