from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Band
from accounts.queries import account_or_404, may_work, today, visible_accounts
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from cs_platform.lib.wording import day as say_day
from health import charts, queries, services
from health.forms import LoginEventForm, PeriodForm
from health.models import Sentiment
from health.scoring import bands, setting
from tenants.access import member_required, role_required
from tenants.models import Role

# Days that the waterfall begins with.
WEEK = 8
# Parts that a low figure has room for.
FEW = 4
CONFIGURES = (Role.OPS, Role.ADMIN)


@require_safe
@member_required
def panel(request, pk):
    """The score of an account with its receipt; the chart is asked for when seen."""
    account = account_or_404(request.membership, pk)
    context = panel_context(request, account)
    return render_page(request, "health/panel.html", context, partial="panel")


def panel_context(request, account, **more):
    """What the panel shows; `more`: a form that was filled in wrongly."""
    receipt = queries.receipt(account)
    override = queries.active_override(account)
    shown = receipt.override
    context = {
        "account": account,
        "receipt": receipt,
        "override": override,
        # Judged, or taken back, a moment ago: the score follows within seconds.
        "is_pending": (override and override.pk) != (shown and shown.pk),
        "sentiment": queries.latest_sentiment(account),
        "levels": Sentiment.Level.choices,
        "may_work": may_work(request.membership, account),
    }
    form = _change_form({})
    form.is_valid()  # as it is when nothing was asked for
    change = receipt.week or queries.change_between(account, form.first, form.last)
    return context | _change(account, form, change) | more


@require_safe
@member_required
def changes(request, pk):
    """Why the score of one day is another than that of an earlier day."""
    account = account_or_404(request.membership, pk)
    form = _change_form(request.GET.dict())
    context, status = {"account": account, "change_form": form}, 422
    if form.is_valid():
        change, status = queries.change_between(account, form.first, form.last), 200
        context = _change(account, form, change)
    template = "health/change.html"
    return render_page(request, template, context, partial="change", status=status)


@require_safe
@member_required
def history(request, pk):
    """How the score went between two days, with what was decided on the way."""
    account = account_or_404(request.membership, pk)
    form = PeriodForm(request.GET.dict(), today=today())
    context = {"account": account, "form": form}
    if not form.is_valid():
        return render_page(
            request, "health/history.html", context, partial="history", status=422
        )
    snapshots = list(queries.history(account, first=form.first, last=form.last))
    context["marks"] = marks = queries.marks(snapshots)
    if any(one.score is not None for one in snapshots):
        context["figure"] = _trend(snapshots, marks)
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


def _change_form(data):
    # Beside the period of the history on one page: ids of its own.
    return PeriodForm(data, today=today(), days=WEEK, auto_id="id_change_%s")


def _change(account, form, change):
    context = {"account": account, "change_form": form, "change": change}
    if change.parts:
        ends = (
            (say_day(change.before.day), change.before.score),
            (say_day(change.after.day), change.after.score),
        )
        parts = [(part.label, part.points) for part in change.parts]
        context["waterfall"] = charts.waterfall(
            ends, parts, names=(_("Score"), _("Gained"), _("Lost"))
        )
        context["waterfall_size"] = "small" if len(parts) < FEW else "medium"
    return context


def _trend(snapshots, marks):
    points = [(one.day, one.score, str(Band(one.band).label)) for one in snapshots]
    borders = bands(snapshots[-1].scorecard.definition)
    return charts.trend(
        points,
        borders,
        label=_("Health score"),
        computed=(
            _("Computed"),
            [(one.day, one.computed) for one in snapshots if one.override_id],
        ),
        marks=(
            _("Decided"),
            [(mark.day, mark.score, mark.text) for mark in marks],
        ),
    )


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
