"""The page behind the link of an invitation. Every bad link gets the same answer."""

from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.forms import JoinForm
from tenants.models import Tenant
from tenants.queries import open_invitation, person_with
from tenants.scoping import tenant_scope
from tenants.services.invitations import accept_invitation, join_as_new, read_token

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request, token):
    """A visit shows who invites to what; only a POST joins (mail scanners visit)."""
    named = read_token(token)
    tenant = Tenant.objects.filter(pk=named[0]).first() if named else None
    if tenant is None:
        return _refusal(request)
    with tenant_scope(tenant.pk):
        invitation = open_invitation(named[1])
        if invitation is None:
            return _refusal(request)
        return _answer(request, tenant, invitation)


def _answer(request, tenant, invitation):
    person = person_with(invitation.email)
    form = JoinForm(request.POST or None)
    context = {"workspace": tenant, "invitation": invitation, "person": person}
    if request.method == "POST":
        response = _join(request, tenant, invitation, person, form)
        if response:
            return response
    context["form"] = form
    context["is_signed_in"] = request.user.is_authenticated and request.user == person
    status = 422 if form.errors and person is None else 200
    return render(request, "tenants/invitation.html", context, status=status)


def _join(request, tenant, invitation, person, form):
    """Join as the person signed in, or as a new one; None: show the page (again)."""
    if person is None:
        return _join_as_new(request, tenant, invitation, form)
    if request.user != person:
        return None  # the page asks to sign in first
    if accept_invitation(invitation, user=person) is None:
        return _refusal(request)
    return HttpResponseRedirect(f"/t/{tenant.slug}/")


def _join_as_new(request, tenant, invitation, form):
    if not form.is_valid():
        return None
    try:
        validate_password(form.cleaned_data["password"])
    except ValidationError as error:
        form.add_error("password", error)
        return None
    user = join_as_new(invitation, **form.cleaned_data)
    if user is None:
        return _refusal(request)
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(f"/t/{tenant.slug}/")


def _refusal(request):
    """Unknown, expired, used, revoked, forged: one page, one status."""
    return render(request, "tenants/invitation_refused.html", status=404)
