"""Who the snippet is told the person is: signed by the workspace's server, or nobody."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from nps.identity import is_signed

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
AT = int(NOW.timestamp())


def signed(**changed):
    """As the server of a workspace does it, by the description alone."""
    right = hmac.new(b"secret", f"acc-1\ncon-1\n{AT}".encode(), hashlib.sha256)
    said = {
        "secret": "secret",
        "account": "acc-1",
        "contact": "con-1",
        "at": AT,
        "signature": right.hexdigest(),
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
