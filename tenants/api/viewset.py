from django.db import connection
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.viewsets import GenericViewSet

from cs_platform.lib.api import (
    JsonParser,
    Keyset,
    Schema,
    StrictFilters,
    exception_handler,
)
from cs_platform.lib.api.json import AlwaysJson
from tenants.api.keys import KeyAuthentication, KeyScope, note_use
from tenants.api.replies import answer_once
from tenants.api.throttle import KeyRate


class TenantViewSet(GenericViewSet):
    """Base of the API's resources, inside the workspace whose key is shown.

    A subclass gives `get_queryset` (the scope does the filtering), serializers, and
    calls a service for every write. Everything a view raised is rolled back with it.
    """

    authentication_classes = [KeyAuthentication]
    permission_classes = [KeyScope]
    throttle_classes = [KeyRate]
    parser_classes = [JsonParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJson
    pagination_class = Keyset
    filter_backends = [StrictFilters]
    metadata_class = None
    schema = Schema()

    def get_exception_handler(self):
        return exception_handler

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        _refuse_nul(request, kwargs)
        note_use(request.auth)
        name = request.method.lower()
        if request.method not in SAFE_METHODS and hasattr(self, name):
            handler = getattr(self, name)
            setattr(self, name, self._checked(handler))

    def _checked(self, handler):
        def checked(request, *args, **kwargs):
            def handle():
                response = handler(request, *args, **kwargs)
                # Keys between rows are checked at commit, which is after the last
                # moment at which we can answer: check them now.
                connection.check_constraints()
                return response

            return (
                answer_once(request, handle) if request.method == "POST" else handle()
            )

        return checked

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(request, "rate_headers", {}).items():
            response[name] = value
        response["Cache-Control"] = "private, no-store"
        return response


def _refuse_nul(request, kwargs):
    """PostgreSQL's text cannot hold U+0000: such a thing is nowhere to be found."""
    if any("\x00" in str(value) for value in kwargs.values()):
        raise NotFound
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise ParseError("Text cannot contain the character U+0000.")
