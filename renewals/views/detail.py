from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.queries import account_or_404, calendar, note_on
from accounts.views.calendar import warn_of
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from renewals import services
from renewals.forms import OutcomeForm, PlanForm, RiskForm
from renewals.models import LOSSES, PIPELINE, Outcome, Renewal, RiskPlan
from renewals.queries import outcomes, pipeline, story
from renewals.queries.checklist import checklists, rules
from renewals.queries.offers import offers_of
from renewals.views.moves import stale_words
from renewals.views.rows import today
from tenants.access import member_required
from tenants.models import Role

PAGE = "renewals/detail.html"
# Who may say anew why a deal was lost.
CORRECTORS = (Role.LEAD, Role.OPS, Role.ADMIN)


@require_GET
@member_required
def detail(request, pk):
    renewal = _visible(request, pk)
    return render(request, PAGE, page_context(request, renewal))


@require_POST
@member_required
def plan_change(request, pk):
    renewal = _changeable(request, pk)
    form = PlanForm(request.POST, tenant=request.tenant)
    if not form.is_valid():
        context = page_context(request, renewal, plan_form=form)
        return render(request, PAGE, context, status=422)
    try:
        services.change_plan(renewal, by=request.user, **form.cleaned_data)
    except services.StalePlan as stale:
        # The plan they know now is the one that stands.
        said = request.POST.copy()
        said["seen"] = stale.renewal.plan_mark
        form = PlanForm(said, tenant=request.tenant)
        form.add_error(None, plan_words(stale.renewal))
        context = page_context(request, stale.renewal, plan_form=form)
        return render(request, PAGE, context, status=409)
    messages.success(request, _("Saved."))
    warn_of(request, form.cleaned_data["next_step_on"])
    return _back(pk)


@require_POST
@member_required
def outcome_create(request, pk):
    renewal = _changeable(request, pk)
    form = OutcomeForm(request.POST, renewal=renewal)
    if not form.is_valid():
        context = page_context(request, renewal, outcome_form=form)
        return render(request, PAGE, context, status=422)
    try:
        services.close_renewal(
            renewal, by=request.user, on=today(request), decision=form.decision()
        )
    except services.AlreadyDecided as stale:
        form.add_error(None, stale_words(stale.renewal))
        context = page_context(request, stale.renewal, outcome_form=form)
        return render(request, PAGE, context, status=409)
    except ValidationError as refused:
        # The contract has terms of its own by now: nothing is recorded.
        form.add_error(None, refused.messages)
        context = page_context(request, renewal, outcome_form=form)
        return render(request, PAGE, context, status=422)
    messages.success(request, _("The outcome is recorded."))
    return _back(pk)


@require_GET
@member_required
def panel(request, pk):
    """The renewals of one account: a part of its card, or a page of its own."""
    account = account_or_404(request.membership, pk)
    renewals = list(
        Renewal.objects.filter(account=account)
        .select_related("account", "contract", "owner")
        .order_by("-ends_on")[:20]
    )
    deals = [renewal for renewal in renewals if renewal.is_open]
    zone, on, asked = request.tenant.timezone, today(request), rules()
    lists = checklists(deals, zone=zone, asked=asked) if deals else {}
    for renewal in renewals:
        renewal.checklist = lists.get(renewal.pk)
        renewal.age = (on - clock.day_of(renewal.stage_since, zone)).days
        renewal.limit = asked.limits.get(renewal.stage)
        renewal.is_stuck = renewal.age > (renewal.limit or renewal.age)
    context = {"account": account, "renewals": renewals, "today": on}
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


def page_context(
    request,
    renewal,
    *,
    plan_form=None,
    outcome_form=None,
    tick_form=None,
    risk_form=None,
):
    """All the page of a renewal shows, with the forms as they were sent."""
    row = {
        "owner_id": renewal.owner_id,
        "account__owner_id": renewal.account.owner_id,
    }
    reminders = story.reminders_of(renewal)
    outcome = (
        Outcome.objects.filter(renewal=renewal).select_related("decided_by").first()
    )
    zone = request.tenant.timezone
    asked = rules()
    age = (today(request) - clock.day_of(renewal.stage_since, zone)).days
    limit = asked.limits.get(renewal.stage)
    return {
        "renewal": renewal,
        "day_note": note_on(
            renewal.next_step_on, days=calendar(), since=today(request)
        ),
        "rungs": story.rungs(renewal, reminders),
        "earlier": [r for r in reminders if r.ends_on != renewal.ends_on],
        "moves": story.moves_of(renewal),
        "tasks": story.tasks_of(renewal),
        "outcome": outcome,
        "offers": offers_of(renewal),
        "explanations": outcomes.explanations_of(renewal),
        "which_options": outcomes.which_options(),
        "may_correct": outcome is not None
        and outcome.kind in LOSSES
        and request.membership.role in CORRECTORS,
        "stages": PIPELINE,
        "may_change": pipeline.may_change(row, request.membership),
        "plan_form": plan_form or _plan_form(request, renewal),
        "outcome_form": outcome_form or _outcome_form(request, renewal),
        "today": today(request),
        "checklist": checklists([renewal], zone=zone, asked=asked)[renewal.pk],
        "age": age,
        "limit": limit,
        "is_stuck": limit is not None and age > limit,
        "tick_form": tick_form,
        "risk_form": risk_form or _risk_form(request, renewal),
        "risks": RiskPlan.objects.filter(renewal=renewal)
        .select_related("owner", "closed_by")
        .order_by("created_at"),
    }


def _risk_form(request, renewal):
    return RiskForm(initial={"owner": renewal.owner_id}, tenant=request.tenant)


def plan_words(renewal):
    return _(
        "Somebody else has changed the plan meanwhile; nothing of yours was kept. It"
        " is now: %(plan)s. Save again to put yours in its place."
    ) % {"plan": renewal.next_step or _("no next step")}


def _plan_form(request, renewal):
    initial = {
        "next_step": renewal.next_step,
        "next_step_on": renewal.next_step_on,
        "seen": renewal.plan_mark,
        "owner": renewal.owner_id if renewal.is_owner_chosen else None,
    }
    return PlanForm(initial=initial, tenant=request.tenant)


def _outcome_form(request, renewal):
    initial = outcomes.initial_of(renewal, offer=request.GET.get("offer"))
    if "result" in request.GET:
        initial["result"] = request.GET["result"]
    return OutcomeForm(renewal=renewal, initial=initial)
