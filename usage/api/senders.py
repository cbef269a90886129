"""Who sends: the first write key found is the one that counts."""

import base64
import binascii

from rest_framework.authentication import BaseAuthentication

from usage.api.reading import read_body
from usage.decoding.refusals import Refused
from usage.services.doors import door_of

UNAUTHORIZED = Refused(
    401, "unknown_write_key", "This write key is unknown, or it was revoked."
)


class WriteKeyAuthentication(BaseAuthentication):
    """`request.auth` is the door that the write key of the request opens.

    The key may stand in the body, so the body is read here: `request.usage_body`.
    """

    def authenticate(self, request):
        request = request._request
        key = key_of_request(request)
        door = door_of(key) if key else None
        if key and door is None:
            raise UNAUTHORIZED
        request.usage_body = body = read_body(request, kind=request.usage_kind)
        door = door or door_of(body.write_key)
        if door is None:
            raise UNAUTHORIZED
        return None, door


def key_of_request(request):
    """Basic, then X-Write-Key, then the query; None: it may be in the body."""
    kind, _, value = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if kind.lower() == "bearer":
        raise UNAUTHORIZED  # an API key writes no usage
    if kind.lower() == "basic" and (key := _of_basic(value)):
        return key
    return request.META.get("HTTP_X_WRITE_KEY") or request.GET.get("writeKey")


def _of_basic(value):
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise UNAUTHORIZED from None
    return text.partition(":")[0]
