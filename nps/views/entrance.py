"""The way in by a token: no session, no member; every bad token gets the same answer."""

from functools import wraps

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cs_platform.lib.place import client_address
from nps.look import Look
from nps.tokens import read_token
from tenants.api.throttle import seconds_to_wait
from tenants.models import Tenant
from tenants.queries import digest_of
from tenants.scoping import tenant_scope

# No workspace has it: a forged token asks the database as much as an old one does, so
# that the time of the answer tells them apart no more than its words.
NOBODY = 0


def by_token(purpose, *, methods=("GET", "HEAD", "POST")):
    """Opens the workspace of a token for a view of (request, tenant, named, …).

    The view returns None for what its token no longer opens. Without a session there is
    nothing to forge a request with: who has the token may answer, so no other is asked
    for (and a mail program that unsubscribes has none, RFC 8058).
    """

    def wrap(view):
        @csrf_exempt
        @never_cache
        @require_http_methods(list(methods))
        @wraps(view)
        def entered(request, token, **rest):
            named = read_token(token, purpose)
            wait = _wait(request, token, named)
            if wait is not None:
                return too_many(request, wait)
            tenant = Tenant.objects.filter(pk=named.tenant_id if named else NOBODY)
            answer = _inside(view, request, tenant.first(), named, rest)
            return refusal(request) if answer is None else answer

        return entered

    return wrap


def _inside(view, request, tenant, named, rest):
    with tenant_scope(tenant.pk if tenant else NOBODY):
        if tenant is None:
            return view(request, None, None, **rest)
        with timezone.override(tenant.timezone), translation.override(tenant.language):
            return view(request, tenant, named, **rest)


def refusal(request):
    """Forged, mangled, unknown, expired, used, withdrawn: one page, one status."""
    look = Look(name="")
    return render(request, "nps/ask/refused.html", {"look": look}, status=404)


def too_many(request, wait):
    context = {"look": Look(name="")}
    response = render(request, "nps/ask/too_many.html", context, status=429)
    response["Retry-After"] = wait
    return response


def _wait(request, token, named):
    """Who guesses is counted by where they are, who knows by what they know.

    A whole office answers from one address; nobody types sixty tokens a minute. What a
    browser asks beforehand of itself (OPTIONS) is no visit.
    """
    if request.method == "OPTIONS":
        return None
    place = client_address(request)
    asker = place if named is None else f"{digest_of(token)}:{place}"
    return seconds_to_wait(settings.SURVEY_RATE, "survey", asker)
