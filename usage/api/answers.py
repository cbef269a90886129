"""Answers as client libraries understand them: JSON, for every origin, never a redirect."""

import msgspec
from django.conf import settings
from django.http import HttpResponse

from usage.api.counting import count_refusal

PREFLIGHT_SECONDS = 86400
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
if settings.SECURE_HSTS_SECONDS:
    HEADERS["Strict-Transport-Security"] = (
        f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
    )


def answer(request, value, status=200):
    """A JSON answer that a page of any origin may read, without credentials."""
    body = msgspec.json.encode(value)
    response = HttpResponse(body, content_type="application/json", status=status)
    headers = response.headers
    headers["Content-Length"] = str(len(body))
    for name, text in HEADERS.items():
        headers[name] = text
    if origin := request.META.get("HTTP_ORIGIN"):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "Retry-After"
        headers["Vary"] = "Origin"
    return response


def refusal(request, status, code, message, *, retry_after=None):
    """An error: `code` for programs, `message` for people."""
    count_refusal(code)
    response = answer(
        request,
        {"success": False, "code": code, "message": message, "error": message},
        status,
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def preflight(request):
    """May a page of that origin send it? Whatever headers it names, yes.

    Retries add headers the first attempt did not have, so a fixed list would let the
    first one pass and fail the rest.
    """
    response = answer(request, {})
    headers = response.headers
    headers["Access-Control-Allow-Methods"] = "POST, GET, OPTIONS"
    headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    if wanted := request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS"):
        headers["Access-Control-Allow-Headers"] = wanted
    headers["Vary"] = "Origin, Access-Control-Request-Headers"
    return response
