"""The names below the reasons, kept by those who answer for the words."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from renewals.forms.reasons import DetailForm
from renewals.models import ReasonDetail
from renewals.queries.outcomes import own_details
from renewals.services import details as services
from tenants.access import role_required
from tenants.models import Role

KEEPERS = (Role.LEAD, Role.OPS, Role.ADMIN)
PAGE_SIZE = 100


@require_GET
@role_required(*KEEPERS)
def detail_list(request):
    return _page(request)


@require_POST
@role_required(*KEEPERS)
def name_change(request, pk):
    detail = _one(pk)
    form = DetailForm(request.POST)
    if not form.is_valid():
        return _page(request, refused=(detail, form), status=422)
    try:
        services.rename_detail(detail, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, refused=(detail, form), status=422)
    messages.success(request, _("Saved."))
    return redirect("renewals:reason-details")


@require_POST
@role_required(*KEEPERS)
def retirement_create(request, pk):
    detail = services.retire_detail(_one(pk), by=request.user)
    messages.success(request, _("“%s” is not offered any more.") % detail)
    return redirect("renewals:reason-details")


@require_POST
@role_required(*KEEPERS)
def retirement_removal_create(request, pk):
    detail = services.restore_detail(_one(pk), by=request.user)
    messages.success(request, _("“%s” is offered again.") % detail)
    return redirect("renewals:reason-details")


def _one(pk):
    # A missing feature is called as its request is; that has a page of its own.
    return get_object_or_404(ReasonDetail, pk=pk, feature_request=None)


def _page(request, *, refused=None, status=200):
    page = Paginator(own_details(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "refused": refused}
    return render(request, "renewals/reason_details.html", context, status=status)
