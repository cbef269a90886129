"""Every refusal has one form: {"code", "message", "errors": {field: [text, …]}}."""

from django.apps import apps
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    ValidationError,
)
from django.db import DataError, IntegrityError
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

CHECK_VIOLATION = "23514"
GENERAL = api_settings.NON_FIELD_ERRORS_KEY


class Conflict(exceptions.APIException):
    status_code = 409
    default_detail = _("The change collides with another one.")
    default_code = "conflict"


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = _("The body is too large.")
    default_code = "too_large"


class Unprocessable(exceptions.APIException):
    status_code = 422
    default_detail = _("The request cannot be processed.")
    default_code = "unprocessable"


def exception_handler(error, context):
    """The answer to an error of an API view, after rolling the view back.

    None for what is nobody's fault but ours, or the store's: those are 500 and 503.
    """
    error = _as_api_exception(error)
    if error is None:
        return None
    set_rollback()
    return Response(body_of(error), status=error.status_code, headers=_headers(error))


def body_of(error: exceptions.APIException) -> dict:
    """The body that says what an APIException means."""
    errors = flatten(error.detail) if isinstance(error.detail, list | dict) else {}
    message = _("Some values are not valid.") if errors else error.detail
    return {"code": error.default_code, "message": str(message), "errors": errors}


def flatten(detail, prefix="") -> dict[str, list[str]]:
    """Errors by field; a field inside a field is named with a dot."""
    if isinstance(detail, str):
        return {prefix or GENERAL: [str(detail)]}
    if isinstance(detail, list):
        if all(isinstance(item, str) for item in detail):
            return {prefix or GENERAL: [str(item) for item in detail]}
        detail = {str(i): item for i, item in enumerate(detail) if item}
    flat: dict[str, list[str]] = {}
    for name, inner in detail.items():
        flat |= flatten(inner, f"{prefix}.{name}" if prefix else str(name))
    return flat


def _as_api_exception(error):
    if isinstance(error, exceptions.APIException):
        return error
    for kind, translate in _TRANSLATIONS:
        if isinstance(error, kind):
            return translate(error)
    return None


def _invalid(error):
    detail = getattr(error, "error_dict", None) and error.message_dict
    return exceptions.ValidationError(detail or error.messages)


def _refused_by_database(error):
    diagnosis = getattr(error.__cause__, "diag", None)
    message = _constraint_message(getattr(diagnosis, "constraint_name", None))
    if getattr(error.__cause__, "pgcode", None) == CHECK_VIOLATION:
        return exceptions.ValidationError([message or _("A value is out of range.")])
    return Conflict(message)


def _constraint_message(name):
    """The sentence a model gives its constraint of that name, or None."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return constraint.get_violation_error_message()
    return None


def _headers(error):
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None) is not None:
        headers["Retry-After"] = str(max(1, round(error.wait)))
    return headers


_TRANSLATIONS = [
    (Http404, lambda error: exceptions.NotFound()),
    (PermissionDenied, lambda error: exceptions.PermissionDenied()),
    (RequestDataTooBig, lambda error: TooLarge()),
    (UnreadablePostError, lambda error: exceptions.ParseError(str(error))),
    (ValidationError, _invalid),
    (IntegrityError, _refused_by_database),
    (
        DataError,
        lambda error: exceptions.ValidationError([_("A value is out of range.")]),
    ),
]
