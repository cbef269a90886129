from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.queries import account_or_404, today, visible_accounts
from cs_platform.lib.htmx import render_page
from health import services
from health.queries import reports, risks
from health.views.backtests import CONFIGURES, SEES
from tenants.access import member_required, role_required


@require_safe
@role_required(*SEES)
def risk_model(request):
    """What was learned from the past, how well it foresees, and whom it worries about."""
    model, newest = risks.model_in_force(), risks.newest_model()
    context = {
        "model": model,
        "newest": newest,
        "is_learning": risks.is_learning(newest),
        "versions": risks.versions(),
        "may_configure": request.membership.role in CONFIGURES,
    }
    counts = newest and newest.validation.get("counts")
    context["seen_from"] = reports.day_of(counts, "first")
    context["seen_to"] = reports.day_of(counts, "last")
    judged = model or newest
    if judged is not None and "report" in judged.validation:
        context |= _evidence(judged)
    if model is not None:
        visible = visible_accounts(request.membership)
        context["riskiest"] = risks.riskiest(model, visible)
        context["topics"] = risks.topics_of(model)
    return render(request, "health/risk.html", context)


@require_safe
@member_required
def account_risk(request, pk):
    """The learned risk of an account with its reasons; empty where it says nothing."""
    account = account_or_404(request.membership, pk)
    context = {"account": account, "risk": risks.risk_of(account, on=today())}
    return render_page(request, "health/account_risk.html", context, partial="risk")


@require_POST
@role_required(*CONFIGURES)
def learning_create(request):
    """Have a new version learned now."""
    services.ask_to_learn(by=request.user)
    return redirect("health:risk-model")


def _evidence(model):
    found = model.validation["report"]
    words = reports.words_of(_("Scorecard in force"), "")
    return {
        "found": found,
        "judged": model,
        "ways": reports.ways_of(found["ranking_learned"], words),
        "figures": reports.figures_of(found, words),
    }
