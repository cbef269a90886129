"""A POST that is repeated with its Idempotency-Key is done once and answered twice."""

import hashlib
import json

from django.db import connection
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from cs_platform.lib.api.errors import Conflict, Unprocessable
from tenants.models import IdempotentReply

MAX_KEY = 255


class InFlight(Conflict):
    default_detail = _("A request with this Idempotency-Key is still being done.")
    default_code = "idempotency_in_flight"
    wait = 1  # seconds


class OtherBody(Unprocessable):
    default_detail = _("This Idempotency-Key was used with another body.")
    default_code = "idempotency_key_reused"


def answer_once(request, handle):
    """The first successful answer of `handle()` under this key, now or again.

    Kept in the transaction of what was done: both or neither. A refusal is not kept,
    as it did nothing; the next request with the key is tried afresh.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return handle()
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise ValidationError({"Idempotency-Key": [_("Give 1 to 255 characters.")]})
    named = {"api_key": request.auth, "endpoint": request.path[:300], "key": key}
    digest = hashlib.sha256(request._request.body).hexdigest()
    _claim(named)
    known = IdempotentReply.objects.filter(**named).first()
    if known:
        return _replay(known, digest)
    response = handle()
    if response.status_code < 400:
        IdempotentReply.objects.create(
            **named,
            body_digest=digest,
            status=response.status_code,
            body=json.loads(JSONRenderer().render(response.data) or b"null"),
        )
    return response


def _claim(named):
    """Hold the key until the transaction ends; raises InFlight when another holds it."""
    name = f"{named['api_key'].pk} {named['endpoint']} {named['key']}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        raise InFlight


def _replay(known, digest):
    if known.body_digest != digest:
        raise OtherBody
    headers = {"Idempotent-Replayed": "true"}
    return Response(known.body, status=known.status, headers=headers)
