"""The editor of a draft. What is not saved yet lives in the form of the page."""

import json
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.queries import visible_accounts
from cs_platform.lib.htmx import render_page
from health import charts, services
from health.editing import Errors, act, check, complete, define, entered, unfold
from health.forms import CardForm
from health.models import Scorecard
from health.queries.cards import cards_in_force
from health.queries.descriptions import differences
from health.queries.preview import BANDS, preview_account, preview_portfolio
from health.views.scores import CONFIGURES
from tenants.access import role_required

# Names beside those of the definition.
ASIDE = {"do", "note", "updated_at", "csrfmiddlewaretoken", "account"}
ADDED = {"add:measures": "new_measure", "add:caps": "new_cap"}
SUGGESTED = 12


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*CONFIGURES)
def card_draft(request, pk):
    """The editor: a button adds, removes or moves a part, saves, or publishes."""
    card = get_object_or_404(Scorecard, pk=pk)
    if card.published_at is not None:
        return _published(request, card)
    if request.method != "POST":
        return _page(request, card, CardForm(complete(entered(card.definition))))
    form = complete(_entered(request))
    what = request.POST.get("do", "save")
    if what in ("save", "publish"):
        return _save(request, card, form, publish=what == "publish")
    if what in ADDED:
        what = f"{what}:{request.POST.get(ADDED[what], '')}"
    opened = act(form, what)
    response = _page(request, card, CardForm(complete(form), opened=opened))
    response["HX-Trigger-After-Settle"] = "card-changed"
    return response


@require_POST
@role_required(*CONFIGURES)
def preview(request, pk):
    """What the draft as it stands in the form would say, beside what is in force."""
    card = get_object_or_404(Scorecard, pk=pk)
    definition, errors = define(complete(_entered(request)))
    errors = Errors(check(definition) | errors)
    context = {"card": card, "errors": errors}
    if not errors:
        context |= _preview(request, card, definition)
    return render(request, "health/cards/preview.html", context)


@require_safe
@role_required(*CONFIGURES)
def account_options(request):
    """Names of accounts that begin like this, to choose one for the preview."""
    words = request.GET.get("account", "").strip()
    accounts = visible_accounts(request.membership).current()
    names = accounts.filter(name__icontains=words).order_by("attention", "pk")
    context = {"names": names.values_list("name", flat=True)[:SUGGESTED]}
    return render(request, "health/cards/account_options.html", context)


def _entered(request):
    fields = [
        (path, value) for path, value in request.POST.items() if path not in ASIDE
    ]
    return unfold(fields)


def _save(request, card, form, *, publish):
    definition, mistyped = define(form)
    errors = Errors(check(definition) | mistyped)
    if errors:
        return _page(request, card, CardForm(form, errors), status=422)
    note = request.POST.get("note", "")[:300]
    try:
        draft = services.save_draft(
            card.name,
            definition,
            by=request.user,
            unless_changed=_token(request, card),
        )
        if publish:
            services.publish_scorecard(draft, by=request.user, note=note)
    except services.DraftChanged as error:
        context = {"refusal": error.message}
        return _page(request, card, CardForm(form), status=422, **context)
    if publish:
        return _published(request, draft, fresh=True)
    return _saved(request, draft, definition)


def _token(request, card):
    try:
        return datetime.fromisoformat(request.POST.get("updated_at", ""))
    except ValueError:
        return card.updated_at


def _saved(request, draft, definition):
    said = _("The draft is saved.")
    if not request.htmx:
        messages.success(request, said)
        return redirect("health:card-draft", draft.pk)
    form = CardForm(complete(entered(definition)))
    response = _page(request, draft, form, token=draft.updated_at.isoformat())
    response["HX-Trigger"] = json.dumps({"toast": {"text": said}})
    response["HX-Trigger-After-Settle"] = "card-changed"
    return response


def _published(request, card, *, fresh=False):
    if fresh:
        messages.success(
            request, _("Published. Every account it is for is scored again.")
        )
        where = reverse("health:card-list")
    else:
        messages.info(request, services.AlreadyPublished.message)
        where = reverse("health:card-detail", args=[card.pk])
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": where})
    return HttpResponseRedirect(where)


def _page(request, card, form, status=200, **context):
    context = {
        # What was edited, not what somebody saved meanwhile.
        "token": request.POST.get("updated_at") or card.updated_at.isoformat(),
        "card": card,
        "form": form,
        "in_force": cards_in_force().get(card.name),
        "account": _first_account(request),
        "note": request.POST.get("note", ""),
    } | context
    return render_page(
        request, "health/cards/draft.html", context, partial="form", status=status
    )


def _first_account(request):
    """Who wants to be looked at first: what would the draft say of them?"""
    accounts = visible_accounts(request.membership).current()
    return accounts.order_by("attention", "pk").first()


def _preview(request, card, definition):
    in_force = cards_in_force().get(card.name)
    accounts = visible_accounts(request.membership)
    found = preview_portfolio(accounts, card.name, definition)
    name = request.POST.get("account", "").strip()
    account = accounts.current().filter(name__iexact=name).order_by("pk").first()
    names = {_("In force"): found.before, _("This draft"): found.after}
    return {
        "in_force": in_force,
        "differences": in_force and differences(in_force.definition, definition),
        "portfolio": found,
        "bands": [(band, *found.bands.get(band, (0, 0))) for band in BANDS],
        "figure": charts.histogram(names),
        "trial": account and preview_account(account, definition),
        "name": name,
    }
