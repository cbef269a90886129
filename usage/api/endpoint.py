"""The usage endpoint: many paths, one view, one call."""

import logging
import uuid

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.utils.decorators import method_decorator
from rest_framework.exceptions import APIException, MethodNotAllowed, Throttled
from rest_framework.views import APIView

from cs_platform.lib import clock
from cs_platform.lib.api.json import AlwaysJson
from cs_platform.lib.outage import RETRY_AFTER, STORE_ERRORS
from usage.api.answers import answer, preflight, refusal
from usage.api.counting import count_receipt
from usage.api.reading import drop_body
from usage.api.senders import WriteKeyAuthentication
from usage.api.throttle import SourceRate
from usage.decoding.refusals import Refused
from usage.services import ingest

logger = logging.getLogger(__name__)

# What the last word of a path says a message is; None: a batch, or the message's type.
KINDS = {
    "batch": None,
    "import": None,
    "b": None,
    "t": "track",
    "i": "identify",
    "g": "group",
    "p": "page",
    "s": "screen",
    "a": "alias",
} | {kind: kind for kind in ("track", "identify", "group", "page", "screen", "alias")}


class Machine(APIView):
    """Base of the views that client libraries speak to: errors as they read them.

    No session, no CSRF, no redirect, and no transaction around it: a lost race is tried
    again, and the service opens its own.
    """

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    parser_classes = []
    content_negotiation_class = AlwaysJson
    schema = None

    @method_decorator(transaction.non_atomic_requests)
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def options(self, request, *args, **kwargs):
        return preflight(request)

    def perform_authentication(self, request):
        if request.method == "POST":
            super().perform_authentication(request)

    def check_throttles(self, request):
        if request.method == "POST":
            super().check_throttles(request)

    def handle_exception(self, exc):
        for kinds, answer_to in ANSWERS:
            if isinstance(exc, kinds):
                return answer_to(self.request, exc)
        raise AssertionError("unreachable") from exc


def _refused(request, error):
    return refusal(request, error.status, error.code, error.message)


def _throttled(request, error):
    return refusal(
        request,
        429,
        "too_many_messages",
        "This source sends too much: wait and send it again.",
        retry_after=int(error.wait or 1),
    )


def _not_allowed(request, error):
    return refusal(request, 405, "method_not_allowed", "Send it with POST.")


def _suspicious(request, error):
    return refusal(request, 400, "bad_request", "The request is not valid.")


def _of_the_frame(request, error):
    return refusal(request, error.status_code, error.default_code, str(error.detail))


def _store_down(request, error):
    logger.error("usage not stored: %s", error)
    return refusal(
        request,
        503,
        "unavailable",
        "The store cannot be reached. Nothing was kept; send it again.",
        retry_after=RETRY_AFTER,
    )


def _our_fault(request, error):
    reference = uuid.uuid4().hex[:12]
    logger.error("reference %s", reference, exc_info=error)
    message = f"Something went wrong on our side. Reference: {reference}"
    return refusal(request, 500, "internal_error", message)


ANSWERS = (
    (Refused, _refused),
    (Throttled, _throttled),
    (MethodNotAllowed, _not_allowed),
    (APIException, _of_the_frame),
    (SuspiciousOperation, _suspicious),
    (STORE_ERRORS, _store_down),
    (Exception, _our_fault),
)


class Usage(Machine):
    """Takes in a batch or a single message: 200 with a receipt when it is durable."""

    authentication_classes = [WriteKeyAuthentication]
    throttle_classes = [SourceRate]

    def initial(self, request, *args, **kwargs):
        request._request.usage_kind = KINDS[kwargs["name"]]
        super().initial(request, *args, **kwargs)

    def post(self, request, name):
        body = request._request.usage_body
        receipt = ingest.take_in(request.auth, body, kind=KINDS[name], at=clock.now())
        count_receipt(receipt)
        return answer(
            request,
            {
                "success": True,
                "accepted": receipt.accepted,
                "duplicate": receipt.duplicate,
                "quarantined": receipt.quarantined,
                "errors": receipt.errors,
            },
        )


class Metrics(Machine):
    """What a library measures of itself: taken, and dropped."""

    def post(self, request):
        drop_body(request._request)
        return answer(request, {"success": True})


class Nowhere(Machine):
    """A path below ours that no library knows: refused as they understand it."""

    def initial(self, request, *args, **kwargs):
        if request.method != "OPTIONS":
            raise Refused(404, "not_found", "There is nothing at this address.")
