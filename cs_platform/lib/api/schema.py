"""OpenAPI 3.1: what each operation answers, its refusals included."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

PREFIX = "/api/v1/"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
BODIES = {"POST", "PUT", "PATCH"}


class ErrorSerializer(serializers.Serializer):
    """What was refused, and why."""

    code = serializers.CharField(help_text="For programs: never changes its meaning.")
    message = serializers.CharField(help_text="For people.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Sentences by field; a field inside a field is named with a dot.",
    )

    class Meta:
        ref_name = "Error"


class Schema(AutoSchema):
    """Adds to every operation the refusals it shares with all others."""

    def get_override_parameters(self):
        if self.method != "POST":
            return []
        return [
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="Repeats of this request with the same key and body get"
                " the first answer; nothing is done twice.",
            )
        ]

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for status, meaning in _refusals(self.method).items():
            if status not in bodies:
                bodies[status] = self._get_response_for_code(ErrorSerializer, status)
                bodies[status]["description"] = meaning
        return bodies


def only_api(endpoints, **kwargs):
    """Of all DRF views, those of the REST API."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


def _refusals(method):
    refusals = {
        "400": "The request is not valid.",
        "401": "No usable API key was shown.",
        "403": "The key may not do this.",
        "404": "There is no such thing in this workspace.",
        "429": "Too many requests: try again after Retry-After seconds.",
        "503": "A store cannot be reached: try again after Retry-After seconds.",
    }
    if method in WRITES:
        refusals["409"] = "The change collides with another one."
    if method in BODIES:
        refusals["413"] = "The body is too large."
        refusals["415"] = "The body is not application/json."
    if method == "POST":
        refusals["422"] = "The Idempotency-Key was used with another body."
    return refusals
