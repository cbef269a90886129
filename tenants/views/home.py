from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from tenants.forms import NewWorkspaceForm
from tenants.models import Membership
from tenants.services import found_workspace

LAST = "workspace"  # the session remembers where the person was


@require_safe
def home(request):
    """Signs in, and leads to the workspace the person was in last."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(settings.LOGIN_URL)
    slugs = list(_memberships(request.user).values_list("tenant__slug", flat=True))
    if not slugs:
        return redirect("workspace-list")
    last = request.session.get(LAST)
    return HttpResponseRedirect(f"/t/{last if last in slugs else slugs[0]}/")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workspace_list(request):
    """The person's workspaces, and a form to found another one."""
    form = NewWorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tenant = found_workspace(
            **form.cleaned_data, by=request.user, language=get_language()[:2]
        )
        return HttpResponseRedirect(f"/t/{tenant.slug}/")
    context = {"memberships": _memberships(request.user), "form": form}
    status = 422 if form.errors else 200
    return render(request, "tenants/workspaces.html", context, status=status)


def _memberships(user):
    return (
        Membership.objects.filter(user=user, is_active=True)
        .select_related("tenant")
        .order_by("tenant__name", "pk")
    )
