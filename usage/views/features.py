from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import today
from cs_platform.lib.htmx import render_page
from tenants.access import member_required, role_required
from tenants.models import Role
from usage.forms import FeatureForm, MergeForm
from usage.models import Feature
from usage.queries.features import features
from usage.services.features import (
    MergeRing,
    change_feature,
    merge_feature,
    part_feature,
)

CONFIGURES = (Role.OPS, Role.ADMIN)


@require_safe
@member_required
def feature_list(request):
    context = {
        "features": features(on=today()),
        "may_change": request.membership.role in CONFIGURES,
    }
    return render_page(request, "usage/features.html", context, partial="features")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CONFIGURES)
def feature_edit(request, pk):
    """Label, key, hidden, and which feature its events count as."""
    feature = get_object_or_404(Feature.objects.select_related("merged_into"), pk=pk)
    form = FeatureForm(request.POST or None, instance=feature)
    merge = MergeForm(
        request.POST or None,
        feature=feature,
        initial={"into": feature.merged_into_id},
    )
    if request.method == "POST" and form.is_valid() and merge.is_valid():
        feature.refresh_from_db()
        change_feature(feature, by=request.user, **form.cleaned_data)
        if _merge(feature, merge, request.user):
            messages.success(request, _("“%s” is saved.") % feature)
            return redirect("usage:feature-list")
    status = 422 if request.method == "POST" else 200
    context = {"feature": feature, "form": form, "merge": merge}
    return render(request, "usage/feature.html", context, status=status)


def _merge(feature, form, by):
    into = form.cleaned_data["into"]
    try:
        if into is None:
            part_feature(feature, by=by)
        else:
            merge_feature(feature, into=into, by=by)
    except MergeRing as error:
        form.add_error("into", error.message)
        return False
    return True
