"""When a store is gone: 503 and when to come back; recovery needs no restart."""

import logging
import sys
import uuid

import redis
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

STORE_ERRORS = (OperationalError, InterfaceError, redis.RedisError)
MACHINE_PATHS = ("/api/", "/v1/", "/beacon/", "/sourceConfig")
RETRY_AFTER = 5  # seconds


class OutageMiddleware:
    """Turns a store lost inside a view into 503 with Retry-After.

    One lost outside a view (in a middleware, at commit) arrives at `server_error`.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        return outage(request) if isinstance(error, STORE_ERRORS) else None


def server_error(request):
    """Django's handler500: an outage is a 503, anything else says a reference number."""
    error = sys.exc_info()[1]
    if isinstance(error, STORE_ERRORS):
        logger.error("store unreachable: %s", error)
        return outage(request)
    reference = uuid.uuid4().hex[:12]
    logger.error("reference %s: %r", reference, error)
    return _answer(
        request,
        status=500,
        code="internal_error",
        message=f"Something went wrong on our side. Reference: {reference}",
        context={"reference": reference},
    )


def outage(request):
    """The answer while a store cannot be reached."""
    response = _answer(
        request,
        status=503,
        code="unavailable",
        message="The store cannot be reached. Nothing was kept; send it again.",
        context={},
    )
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _answer(request, *, status, code, message, context):
    if request.path.startswith(MACHINE_PATHS):
        body = {"success": False, "code": code, "message": message, "error": message}
        body["errors"] = {}
        return JsonResponse(body, status=status)
    # Rendered without the request: no context processor may ask the lost store.
    return HttpResponse(render_to_string(f"{status}.html", context), status=status)
