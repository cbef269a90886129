"""Who asks is told by the proxy, and by nobody who could pretend."""

import pytest
from django.test import RequestFactory

from cs_platform.lib.place import client_address
from tenants.adapter import AccountAdapter

PROXY = "10.0.0.1"


def seen(forwarded=None):
    said = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=said, REMOTE_ADDR=PROXY)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, PROXY),
        ("203.0.113.9", "203.0.113.9"),
        # What the client says of itself comes first; what the proxy adds, last.
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("1.2.3.4,5.6.7.8 , 203.0.113.9:51234", "203.0.113.9"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("203.0.113.9, unknown", PROXY),
        ("203.0.113.9,", PROXY),
        ("", PROXY),
    ],
)
def test_behind_a_proxy_the_last_hop_counts(settings, forwarded, address):
    settings.BEHIND_PROXY = True

    assert client_address(seen(forwarded)) == address


def test_without_a_proxy_nobody_is_believed(settings):
    settings.BEHIND_PROXY = False

    assert client_address(seen("203.0.113.9")) == PROXY


@pytest.mark.parametrize(
    ("is_behind", "address"), [(True, "203.0.113.9"), (False, PROXY)]
)
def test_tries_to_sign_in_are_counted_by_it(settings, is_behind, address):
    settings.BEHIND_PROXY = is_behind

    assert AccountAdapter().get_client_ip(seen("1.1.1.1, 203.0.113.9")) == address
