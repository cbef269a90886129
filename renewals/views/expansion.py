from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts.queries import (
    account_or_404,
    may_work,
    workable_account_or_404,
)
from cs_platform.lib.htmx import render_page
from renewals import growth, services
from renewals.forms.expansion import (
    DismissForm,
    ExpansionFilters,
    HeardForm,
    OpportunityForm,
)
from renewals.models import ExpansionSignal, Opportunity, SignalKind
from renewals.queries import expansion as queries
from renewals.views.pipeline import today
from tenants.access import member_required
from tenants.models import Role
from worklist.forms import assignable

ROWS = 200


@require_GET
@member_required
def expansion(request):
    """Signs of growth that wait for somebody, and the opportunities by stage."""
    filters = _filters(request)
    waiting = queries.narrowed(
        queries.waiting_signals(request.membership), filters, request.membership
    )
    ordered = waiting.order_by("is_muted", "-last_seen_on", "-id")
    part = Paginator(ordered, ROWS).get_page(request.GET.get("page"))
    signals = _shown(part, request)
    found = queries.narrowed(
        queries.visible_opportunities(request.membership), filters, request.membership
    )
    context = {
        "page": part,
        "tally": queries.tally(waiting),
        "ready": [row for row in signals if not row["muted"]],
        "muted": [row for row in signals if row["muted"]],
        "columns": queries.board(
            found, currency=request.tenant.currency, on=today(request)
        ),
        "filters": filters,
        "people": list(assignable(request.tenant)),
        "kinds": SignalKind.choices,
    }
    return render(request, "renewals/expansion/page.html", context)


@require_GET
@member_required
def panel(request, pk):
    """Growth of one account: a part of its card, or a page of its own."""
    account = account_or_404(request.membership, pk)
    waiting = queries.waiting_signals(request.membership).filter(account=account)
    rows = Opportunity.objects.filter(account=account).select_related("owner")
    context = {
        "account": account,
        "signals": _shown(waiting.order_by("-last_seen_on", "-id"), request),
        "opportunities": rows.order_by("-opened_on", "-id")[:20],
        "may_work": may_work(request.membership, account),
        "heard_form": HeardForm(),
    }
    return render_page(
        request, "renewals/expansion/panel.html", context, partial="panel"
    )


@require_POST
@member_required
def signal_create(request, pk):
    """A person heard something about an account."""
    account = workable_account_or_404(request.membership, pk)
    form = HeardForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what you heard."))
        return _back(reverse("renewals:expansion-panel", args=[pk]))
    services.enter_signal(
        account, by=request.user, on=today(request), **form.cleaned_data
    )
    messages.success(request, _("Written down."))
    return _back(reverse("insights:account-detail", args=[pk]))


@require_POST
@member_required
def dismissal_create(request, pk):
    signal = _workable_signal(request, pk)
    form = DismissForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    services.dismiss_signal(signal, by=request.user, why=why)
    messages.success(request, _("Dismissed. It comes back only when it is new."))
    return _back(reverse("renewals:expansion"))


def _workable_signal(request, pk):
    visible = queries.visible_signals(request.membership)
    signal = get_object_or_404(visible.select_related("account"), pk=pk)
    workable_account_or_404(request.membership, signal.account_id)
    return signal


@require_http_methods(["GET", "POST"])
@member_required
def opportunity_create(request, pk):
    """A new opportunity of an account; `?signal=` names what it came from."""
    account = workable_account_or_404(request.membership, pk)
    signal = _signal_of(request, account)
    data = request.POST if request.method == "POST" else None
    initial = {"currency": request.tenant.currency} | _suggested(signal)
    form = OpportunityForm(data, initial=initial, tenant=request.tenant)
    if data is None or not form.is_valid():
        return _form(request, account, signal, form, status=422 if data else 200)
    said = form.cleaned_data
    said["owner"] = said["owner"] or account.owner
    try:
        made = services.open_opportunity(
            account, signal=signal, by=request.user, on=today(request), **said
        )
    except services.Muted as muted:
        form.add_error(None, _("Value first, offer second: %s") % muted)
        return _form(request, account, signal, form, status=409)
    messages.success(request, _("The opportunity is open."))
    return _back(reverse("renewals:opportunity", args=[made.pk]))


def _signal_of(request, account):
    try:
        pk = UUID(request.GET.get("signal", ""))
    except ValueError:
        return None
    return ExpansionSignal.objects.filter(account=account, pk=pk).first()


def _suggested(signal):
    """What a signal lets one guess: more seats, or a higher plan."""
    if signal is None:
        return {}
    kinds = {"seats": "add_on", "limit": "add_on", "team": "add_on"}
    kind = kinds.get(signal.kind, "upsell")
    return {"kind": kind, "title": SignalKind(signal.kind).label}


def _form(request, account, signal, form, *, status):
    context = {
        "account": account,
        "signal": signal,
        "evidence": signal and growth.told(signal.kind, signal.evidence, signal.words),
        "form": form,
    }
    return render(request, "renewals/expansion/form.html", context, status=status)


def _filters(request):
    filters = ExpansionFilters(request.GET).chosen()
    if "whose" not in request.GET and request.membership.role == Role.CSM:
        filters["whose"] = "mine"
    return filters


def _shown(signals, request):
    return [
        {
            "signal": signal,
            "evidence": growth.told(signal.kind, signal.evidence, signal.words),
            "muted": queries.muted_because(signal),
            "may_work": may_work(request.membership, signal.account),
        }
        for signal in signals
    ]


def _back(url):
    return HttpResponseRedirect(url)
