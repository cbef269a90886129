"""Where a request meets its workspace: by address for people, by key for programs."""

import re

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation

from cs_platform.lib import clock
from tenants.models import Credential, Membership
from tenants.queries import tenant_of_credential, usable_api_key
from tenants.scoping import tenant_scope

WORKSPACE = re.compile(r"^/t/(?P<slug>[-a-z0-9_]+)(?P<rest>/.*)?$")


class WorkspaceMiddleware:
    """Mounts the site under /t/<slug>/ and opens the scope of that workspace.

    The views behind it never mention the tenant: `request.membership` says who asks.
    A stranger (and an unknown workspace) gets 404, a visitor is sent to sign in.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.tenant = request.membership = None
        match = WORKSPACE.match(request.path_info)
        if not match:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if not match["rest"]:
            return HttpResponseRedirect(request.path_info + "/")
        request.membership = _membership(request.user, match["slug"])
        if request.membership is None:
            return self.get_response(request)  # resolves to nothing: 404
        return self._in_workspace(request, match)

    def _in_workspace(self, request, match):
        request.tenant = request.membership.tenant
        request.path_info = match["rest"]
        request.urlconf = "cs_platform.workspace_urls"
        before = get_script_prefix()
        set_script_prefix(f"/t/{match['slug']}/")
        language = request.user.language or request.tenant.language
        try:
            with (
                tenant_scope(request.tenant.pk),
                translation.override(language),
                timezone.override(request.tenant.timezone),
            ):
                response = self.get_response(request)
        finally:
            set_script_prefix(before)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _membership(user, slug):
    return (
        Membership.objects.select_related("tenant")
        .filter(user=user, tenant__slug=slug, is_active=True)
        .first()
    )


class ApiKeyMiddleware:
    """Opens the scope of the workspace whose API key a program shows.

    `request.api_key` is the key, or None; the API itself refuses without one, so that
    its answer has the API's form.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.api_key = None
        if not request.path_info.startswith("/api/v1/"):
            return self.get_response(request)
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        tenant = None
        if kind.lower() == "bearer":
            tenant = tenant_of_credential(secret, Credential.Kind.API)
        if tenant is None:
            return self.get_response(request)
        request.tenant = tenant
        with tenant_scope(tenant.pk), translation.override("en"):
            request.api_key = usable_api_key(secret, at=clock.now())
            return self.get_response(request)
