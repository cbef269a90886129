from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cs_platform.lib.htmx import render_page
from tenants.access import member_required, role_required
from tenants.forms import AuditFilterForm, WorkspaceForm
from tenants.models import Role
from tenants.queries import audit_page
from tenants.services import change_workspace


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def settings(request):
    """Name, zone, currency, language: an admin changes them, every member reads."""
    if request.method == "POST" and request.membership.role != Role.ADMIN:
        return redirect("tenants:settings")
    form = WorkspaceForm(request.POST or None, instance=request.tenant)
    if request.membership.role != Role.ADMIN:
        for field in form.fields.values():
            field.disabled = True
    if request.method == "POST" and form.is_valid():
        tenant = type(request.tenant)(pk=request.tenant.pk)
        change_workspace(tenant, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("tenants:settings")
    context = {"form": form, "is_admin": request.membership.role == Role.ADMIN}
    status = 422 if form.errors else 200
    return render(request, "tenants/settings.html", context, status=status)


@require_safe
@role_required(Role.ADMIN, Role.OPS)
def audit(request):
    """Who changed what, newest first."""
    form = AuditFilterForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    page = audit_page(after=request.GET.get("after"), **filters)
    context = {"page": page, "form": form}
    return render_page(request, "tenants/audit.html", context, partial="rows")
