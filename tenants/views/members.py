from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from cs_platform.lib.wake import wake
from tenants.access import member_required, role_required
from tenants.forms import InvitationForm, MemberForm
from tenants.models import Invitation, Role
from tenants.queries import members, open_invitations
from tenants.services import (
    LastAdmin,
    change_member,
    invite,
    revoke_invitation,
)


@require_safe
@member_required
def member_list(request):
    """The members and the open invitations; an admin invites and changes."""
    return _list(request, InvitationForm(initial={"role": Role.CSM}))


@require_POST
@role_required(Role.ADMIN)
def invitation_create(request):
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    invite(by=request.user, **form.cleaned_data)
    wake("messaging.deliver", tenant_id=request.tenant.pk)
    messages.success(
        request, _("Invitation on its way to %s.") % form.cleaned_data["email"]
    )
    return redirect("tenants:member-list")


@require_POST
@role_required(Role.ADMIN)
def invitation_revocation_create(request, pk):
    invitation = get_object_or_404(Invitation, pk=pk)
    revoke_invitation(invitation, by=request.user)
    return redirect("tenants:member-list")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.ADMIN)
def member_edit(request, pk):
    """Role and lead of one member."""
    member = _member(request, pk)
    form = MemberForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        try:
            change_member(_member(request, pk), by=request.user, **form.cleaned_data)
        except LastAdmin as error:
            form.add_error("role", error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("tenants:member-list")
    context = {"form": form, "member": member}
    status = 422 if form.errors else 200
    return render(request, "tenants/member.html", context, status=status)


@require_POST
@role_required(Role.ADMIN)
def departure_create(request, pk):
    """The member leaves the workspace; what they did stays."""
    member = _member(request, pk)
    try:
        change_member(member, by=request.user, is_active=False)
    except LastAdmin as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%s is no longer a member.") % member.user)
    return redirect("tenants:member-list")


def _member(request, pk):
    member = members(request.tenant.pk).filter(pk=pk).first()
    if member is None:
        raise Http404
    return member


def _list(request, form, status=200):
    context = {
        "members": members(request.tenant.pk),
        "invitations": open_invitations(),
        "form": form,
        "is_admin": request.membership.role == Role.ADMIN,
    }
    return render(request, "tenants/members.html", context, status=status)
