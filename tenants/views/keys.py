from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cs_platform.lib import clock
from tenants.access import role_required
from tenants.forms import ApiKeyForm
from tenants.models import ApiKey, Role
from tenants.queries import api_keys
from tenants.services import create_api_key, revoke_api_key


@require_safe
@role_required(Role.ADMIN)
def key_list(request):
    return _list(request, ApiKeyForm())


@require_POST
@role_required(Role.ADMIN)
def key_create(request):
    """Shows the secret in the answer, this once."""
    form = ApiKeyForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    last_day = form.cleaned_data["expires_on"]
    key, secret = create_api_key(
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        by=request.user,
        expires_at=last_day and clock.end_of(last_day, request.tenant.timezone),
    )
    return _list(request, ApiKeyForm(), new_key=key, secret=secret)


@require_POST
@role_required(Role.ADMIN)
def revocation_create(request, pk):
    key = get_object_or_404(ApiKey, pk=pk)
    revoke_api_key(key, by=request.user)
    messages.success(request, _("%s is refused from now on.") % key.name)
    return redirect("tenants:key-list")


def _list(request, form, *, status=200, **more):
    context = {"keys": api_keys(), "form": form, "now": clock.now()} | more
    return render(request, "tenants/keys.html", context, status=status)
