from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Band
from accounts.queries import account_or_404, today, visible_accounts
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from health import charts, queries, services
from health.forms import LoginEventForm, PeriodForm
from health.scoring import bands, setting
from tenants.access import member_required, role_required
from tenants.models import Role

CONFIGURES = (Role.OPS, Role.ADMIN)


@require_safe
@member_required
def panel(request, pk):
    """The score of an account with its receipt; the chart is asked for when seen."""
    account = account_or_404(request.membership, pk)
    context = {"account": account, "receipt": queries.receipt(account)}
    return render_page(request, "health/panel.html", context, partial="panel")


@require_safe
@member_required
def history(request, pk):
    """How the score went between two days."""
    account = account_or_404(request.membership, pk)
    form = PeriodForm(request.GET.dict(), today=today())
    context = {"account": account, "form": form}
    if not form.is_valid():
        return render_page(
            request, "health/history.html", context, partial="history", status=422
        )
    first, last = form.cleaned_data["from"], form.cleaned_data["to"]
    snapshots = list(queries.history(account, first=first, last=last))
    if any(one.score is not None for one in snapshots):
        context["figure"] = _trend(snapshots)
    return render_page(request, "health/history.html", context, partial="history")


@require_safe
@member_required
def scorecard(request):
    """What the score is made of, in words, and how much of the portfolio has one."""
    form = LoginEventForm(initial={"event": _login_event(queries.scorecard_in_force())})
    return render(request, "health/scorecard.html", _scorecard(request, form))


@require_POST
@role_required(*CONFIGURES)
def login_event_create(request):
    """Name the event that means a login: a new version of the scorecard."""
    form = LoginEventForm(request.POST)
    if not form.is_valid():
        context = _scorecard(request, form)
        return render(request, "health/scorecard.html", context, status=422)
    services.name_login_event(form.cleaned_data["event"], by=request.user)
    messages.success(
        request, _("Saved as a new version. Every account is scored again.")
    )
    return HttpResponseRedirect(reverse("health:scorecard"))


def _trend(snapshots):
    points = [(one.day, one.score, str(Band(one.band).label)) for one in snapshots]
    borders = bands(snapshots[-1].scorecard.definition)
    return charts.trend(points, borders, label=_("Health score"))


def _scorecard(request, form):
    card = queries.scorecard_in_force()
    green, amber = bands(card.definition)
    accounts = visible_accounts(request.membership)
    return {
        "card": card,
        "measures": queries.explained(card.definition),
        "green": green,
        "amber": amber,
        "coverage": queries.coverage(accounts, at=clock.now()),
        "form": form,
        "may_configure": request.membership.role in CONFIGURES,
    }


def _login_event(card):
    return setting(card.definition, "login_days", "event", "")
