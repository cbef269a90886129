from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from renewals import services
from renewals.forms.forecast import CallForm
from renewals.models import Level
from renewals.queries import calls, pipeline
from renewals.views.moves import stale_words
from tenants.access import member_required

PAGE = "renewals/forecast/calls.html"


@require_http_methods(["GET", "POST"])
@member_required
def call_list(request, pk):
    """What is foretold of one deal, by whom; and a form for those who may say so."""
    visible = pipeline.visible_renewals(request.membership)
    if request.method == "POST":
        return _call(request, pk)
    renewal = get_object_or_404(visible.select_related("account", "owner"), pk=pk)
    return _page(request, renewal)


def _call(request, pk):
    changeable = pipeline.changeable_renewals(request.membership)
    renewal = get_object_or_404(changeable.select_related("account", "owner"), pk=pk)
    levels = calls.levels_of(request.membership)
    form = CallForm(request.POST, levels=levels)
    if not form.is_valid():
        return _page(request, renewal, form=form, status=422)
    try:
        services.call_renewal(renewal, by=request.user, **form.cleaned_data)
    except services.AlreadyDecided as stale:
        form.add_error(None, stale_words(stale.renewal))
        return _page(request, stale.renewal, form=form, status=409)
    if request.htmx:
        return _page(request, renewal)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("renewals:calls", args=[pk]))


def _page(request, renewal, *, form=None, status=200):
    row = {"owner_id": renewal.owner_id, "account__owner_id": renewal.account.owner_id}
    may_call = renewal.is_open and pipeline.may_change(row, request.membership)
    levels = calls.levels_of(request.membership)
    said = calls.calls_of(renewal)
    latest = {
        level: next((c for c in said if c.level == level), None) for level in Level
    }
    context = {
        "renewal": renewal,
        "odds": calls.odds_of(renewal, request.tenant, clock.now()),
        "csm": latest[Level.CSM],
        "lead": latest[Level.LEAD],
        "said": said,
        "form": form or (CallForm(levels=levels) if may_call and levels else None),
    }
    return render_page(request, PAGE, context, partial="panel", status=status)
