"""Where a request comes from: what is counted of people who are not signed in."""

import ipaddress
import re

from django.conf import settings

# "203.0.113.9:5123", "[2001:db8::1]:5123": some proxies tell the port, too.
WITH_PORT = re.compile(r"^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$")


def client_address(request) -> str:
    """The address of the client.

    Behind a proxy (BEHIND_PROXY) the last hop of X-Forwarded-For, which our own proxy
    wrote: what stands before it was sent by the client, who may say anything. Without
    one the header is not read at all.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not settings.BEHIND_PROXY:
        return peer
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return _address(forwarded.rpartition(",")[2].strip()) or peer


def _address(said: str) -> str:
    """An address in its one form; empty: what is said is none."""
    found = WITH_PORT.match(said)
    bare = (found[1] or found[2]) if found else said
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""
