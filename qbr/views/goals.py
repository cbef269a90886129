"""The success plan of an account: goals, what they came to, what they are worth."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts.queries import account_or_404, may_work, workable_account_or_404
from qbr import services
from qbr.forms.goals import GoalForm, GoalStateForm, ReadingForm, VerificationForm
from qbr.models import Goal, GoalState
from qbr.queries.goals import goals_of, visible_goals, worth_of
from qbr.views.rows import today
from tenants.access import member_required


@require_GET
@member_required
def goal_list(request, pk):
    account = account_or_404(request.membership, pk)
    goals = goals_of(account)
    context = {
        "account": account,
        "goals": goals,
        "worth": worth_of(goals),
        "may_work": may_work(request.membership, account),
        "today": today(request),
    }
    return render(request, "qbr/goals.html", context)


@require_http_methods(["GET", "POST"])
@member_required
def goal_create(request, pk):
    account = workable_account_or_404(request.membership, pk)
    return _form(request, account, Goal(account=account))


@require_GET
@member_required
def goal_detail(request, pk):
    goal = _visible(request, pk)
    return _page(request, goal)


@require_http_methods(["GET", "POST"])
@member_required
def goal_edit(request, pk):
    goal = _workable(request, pk)
    return _form(request, goal.account, goal)


@require_POST
@member_required
def reading_create(request, pk):
    goal = _workable(request, pk)
    form = ReadingForm(request.POST)
    if not form.is_valid():
        return _page(request, goal, reading_form=form, status=422)
    try:
        services.read_goal(goal, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error("on", error)
        return _page(request, goal, reading_form=form, status=422)
    return _saved(goal)


@require_POST
@member_required
def verification_create(request, pk):
    goal = _workable(request, pk)
    form = VerificationForm(request.POST, account=goal.account)
    if not form.is_valid():
        return _page(request, goal, verification_form=form, status=422)
    try:
        services.verify_goal(goal, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _page(request, goal, verification_form=form, status=422)
    messages.success(request, _("Saved."))
    return _saved(goal)


@require_POST
@member_required
def state_change(request, pk):
    goal = _workable(request, pk)
    form = GoalStateForm(request.POST)
    if not form.is_valid():
        raise Http404
    services.close_goal(
        goal, state=form.cleaned_data["state"], on=today(request), by=request.user
    )
    messages.success(request, _("Saved."))
    return _saved(goal)


def _form(request, account, goal):
    is_new = goal._state.adding
    posted = request.POST if request.method == "POST" else None
    currency = request.tenant.currency
    form = GoalForm(posted, instance=goal, currency=currency)
    if posted is not None and form.is_valid():
        services.save_goal(form.instance, by=request.user)
        messages.success(request, _("Saved."))
        return _saved(form.instance)
    context = {"account": account, "goal": None if is_new else goal, "form": form}
    status = 200 if posted is None else 422
    return render(request, "qbr/goal_form.html", context, status=status)


def _page(request, goal, *, status=200, **forms):
    account = goal.account
    readings = goal.readings.select_related("by").order_by("-on")
    context = {
        "goal": goal,
        "account": account,
        "progress": goal.progress,
        "readings": readings[:60],
        "states": GoalState.choices,
        "may_work": may_work(request.membership, account),
        "today": today(request),
        "reading_form": ReadingForm(initial={"on": today(request)}),
        "verification_form": VerificationForm(account=account),
    }
    return render(request, "qbr/goal.html", context | forms, status=status)


def _visible(request, pk):
    rows = visible_goals(request.membership)
    related = ("account__owner", "verified_by", "made_by")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _workable(request, pk):
    goal = _visible(request, pk)
    if not may_work(request.membership, goal.account):
        raise Http404
    return goal


def _saved(goal):
    return HttpResponseRedirect(reverse("qbr:goal", args=[goal.pk]))
