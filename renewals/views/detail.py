from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.queries import account_or_404
from cs_platform.lib.htmx import render_page
from renewals import services
from renewals.forms import OutcomeForm, PlanForm
from renewals.models import PIPELINE, Outcome, Renewal
from renewals.queries import pipeline, story
from renewals.queries.offers import offers_of
from renewals.views.pipeline import stale_words, today
from tenants.access import member_required

PAGE = "renewals/detail.html"


@require_GET
@member_required
def detail(request, pk):
    renewal = _visible(request, pk)
    return render(request, PAGE, _context(request, renewal))


@require_POST
@member_required
def plan_change(request, pk):
    renewal = _changeable(request, pk)
    form = PlanForm(request.POST, tenant=request.tenant)
    if not form.is_valid():
        context = _context(request, renewal, plan_form=form)
        return render(request, PAGE, context, status=422)
    services.change_plan(renewal, by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return _back(pk)


@require_POST
@member_required
def outcome_create(request, pk):
    renewal = _changeable(request, pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        context = _context(request, renewal, outcome_form=form)
        return render(request, PAGE, context, status=422)
    try:
        services.close_renewal(
            renewal, by=request.user, on=today(request), **form.cleaned_data
        )
    except services.AlreadyDecided as stale:
        form.add_error(None, stale_words(stale.renewal))
        context = _context(request, stale.renewal, outcome_form=form)
        return render(request, PAGE, context, status=409)
    messages.success(request, _("The outcome is recorded."))
    return _back(pk)


@require_GET
@member_required
def panel(request, pk):
    """The renewals of one account: a part of its card, or a page of its own."""
    account = account_or_404(request.membership, pk)
    renewals = (
        Renewal.objects.filter(account=account)
        .select_related("contract", "owner")
        .order_by("-ends_on")[:20]
    )
    context = {"account": account, "renewals": renewals, "today": today(request)}
    return render_page(request, "renewals/panel.html", context, partial="panel")


def _visible(request, pk):
    visible = pipeline.visible_renewals(request.membership)
    return get_object_or_404(
        visible.select_related("account", "contract", "owner"), pk=pk
    )


def _changeable(request, pk):
    changeable = pipeline.changeable_renewals(request.membership)
    return get_object_or_404(
        changeable.select_related("account", "contract", "owner"), pk=pk
    )


def _back(pk):
    return HttpResponseRedirect(reverse("renewals:detail", args=[pk]))


def _context(request, renewal, *, plan_form=None, outcome_form=None):
    row = {
        "owner_id": renewal.owner_id,
        "account__owner_id": renewal.account.owner_id,
    }
    reminders = story.reminders_of(renewal)
    return {
        "renewal": renewal,
        "rungs": story.rungs(renewal, reminders),
        "earlier": [r for r in reminders if r.ends_on != renewal.ends_on],
        "moves": story.moves_of(renewal),
        "tasks": story.tasks_of(renewal),
        "outcome": Outcome.objects.filter(renewal=renewal)
        .select_related("decided_by")
        .first(),
        "offers": offers_of(renewal),
        "stages": PIPELINE,
        "may_change": pipeline.may_change(row, request.membership),
        "plan_form": plan_form or _plan_form(request, renewal),
        "outcome_form": outcome_form or _outcome_form(request, renewal),
        "today": today(request),
    }


def _plan_form(request, renewal):
    initial = {
        "next_step": renewal.next_step,
        "next_step_on": renewal.next_step_on,
        "owner": renewal.owner_id if renewal.is_owner_chosen else None,
    }
    return PlanForm(initial=initial, tenant=request.tenant)


def _outcome_form(request, renewal):
    result = request.GET.get("result", "renewed")
    return OutcomeForm(initial={"result": result, "amount": renewal.amount})
