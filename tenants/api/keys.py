"""Who asks: an API key, shown over Bearer. A cookie or a write key opens nothing."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission

from cs_platform.lib import clock
from tenants.models import ApiKey

LAST_USE_PRECISION = timedelta(minutes=1)


class KeyAuthentication(BaseAuthentication):
    """`request.auth` is the API key whose workspace the middleware has opened."""

    def authenticate(self, request):
        key = getattr(request._request, "api_key", None)
        if key is not None:
            return None, key
        if "Authorization" in request.headers:
            raise AuthenticationFailed(_("This API key is not valid."))
        return None

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}


class KeyScope(BasePermission):
    """A key with the scope `read` reads, one with `write` writes."""

    message = _("This API key does not have the scope for it.")

    def has_permission(self, request, view):
        if request.auth is None:
            return False
        reads = request.method in SAFE_METHODS
        needed = ApiKey.Scope.READ if reads else ApiKey.Scope.WRITE
        return needed in request.auth.scopes


def note_use(key):
    """Keep when the key was last used, to the minute; never waits for another request."""
    now = clock.now()
    if key.last_used_at and now - key.last_used_at < LAST_USE_PRECISION:
        return
    free = ApiKey.objects.filter(pk=key.pk).select_for_update(skip_locked=True)
    if free.values_list("pk").first():
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
