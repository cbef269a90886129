from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renewals.forms.expansion import PlanForm
from renewals.models import Plan, PlanLimit
from renewals.services import plans as services
from tenants.access import role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def plan_list(request):
    """The plans, and a form for another one."""
    if request.method == "POST":
        return _save(request, Plan())
    return _page(request, PlanForm())


@require_http_methods(["GET", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def plan_edit(request, pk):
    plan = get_object_or_404(Plan, pk=pk)
    if request.method == "POST":
        return _save(request, plan)
    begins = [row.feature_id for row in plan.features.all()]
    return _page(request, PlanForm(instance=plan, initial={"features": begins}), plan)


@require_POST
@role_required(Role.OPS, Role.ADMIN)
def removal_create(request, pk):
    services.remove_plan(get_object_or_404(Plan, pk=pk), by=request.user)
    return _back(_("Removed."), request)


@require_POST
@role_required(Role.OPS, Role.ADMIN)
def limit_removal_create(request, pk):
    limit = get_object_or_404(
        PlanLimit.objects.select_related("plan", "feature"), pk=pk
    )
    services.remove_limit(limit, by=request.user)
    return _back(_("Removed."), request)


def _save(request, plan):
    form = PlanForm(request.POST, instance=plan)
    if not form.is_valid():
        return _page(request, form, plan if plan.pk else None, status=422)
    said = {name: form.cleaned_data[name] for name in ("features", "limited", "uses")}
    services.save_plan(form.save(commit=False), by=request.user, **said)
    return _back(_("Saved. The next search for signs of growth uses it."), request)


def _back(words, request):
    messages.success(request, words)
    return HttpResponseRedirect(reverse("renewals:plan-list"))


def _page(request, form, plan=None, *, status=200):
    plans = Plan.objects.prefetch_related("features__feature", "limits__feature")
    context = {"plans": plans, "plan": plan, "form": form}
    return render(request, "renewals/expansion/plans.html", context, status=status)
