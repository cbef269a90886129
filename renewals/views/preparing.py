"""A deal is prepared: items ticked and taken back, problems planned and solved."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from renewals import services
from renewals.forms import RiskForm, TickForm
from renewals.models import RiskPlan
from renewals.queries import pipeline
from renewals.views.detail import PAGE, page_context
from tenants.access import member_required


@require_POST
@member_required
def tick_create(request, pk):
    renewal = _open_deal(request, pk)
    form = TickForm(request.POST)
    if not form.is_valid():
        context = page_context(request, renewal, tick_form=form)
        return render(request, PAGE, context, status=422)
    try:
        services.tick_item(renewal, by=request.user, **form.cleaned_data)
    except services.NoSuchItem:
        raise Http404 from None
    messages.success(request, _("Marked done."))
    return _back(pk, "checklist")


@require_POST
@member_required
def tick_remove(request, pk, key):
    renewal = _open_deal(request, pk)
    if not services.untick_item(renewal, key=key, by=request.user):
        raise Http404
    messages.success(request, _("Taken back."))
    return _back(pk, "checklist")


@require_POST
@member_required
def risk_create(request, pk):
    renewal = _open_deal(request, pk)
    form = RiskForm(request.POST, tenant=request.tenant)
    if not form.is_valid():
        context = page_context(request, renewal, risk_form=form)
        return render(request, PAGE, context, status=422)
    services.plan_risk(renewal, by=request.user, **form.cleaned_data)
    messages.success(request, _("Planned, and its owner has a task."))
    return _back(pk, "risk")


@require_POST
@member_required
def risk_close(request, pk, plan):
    renewal = _open_deal(request, pk)
    found = get_object_or_404(RiskPlan, pk=plan, renewal=renewal)
    state = request.POST.get("state")
    if state not in (RiskPlan.State.SOLVED, RiskPlan.State.DROPPED):
        raise Http404
    services.close_risk(found, state=state, by=request.user)
    messages.success(request, _("Saved."))
    return _back(pk, "risk")


def _open_deal(request, pk):
    changeable = pipeline.changeable_renewals(request.membership).open()
    return get_object_or_404(
        changeable.select_related("account", "contract", "owner"), pk=pk
    )


def _back(pk, part):
    return HttpResponseRedirect(reverse("renewals:detail", args=[pk]) + f"#{part}")
