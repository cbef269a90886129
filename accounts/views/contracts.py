"""A contract's page: its terms, its price over time, its history, and what one does."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts import charts, queries, services
from accounts.forms import contracts as forms
from accounts.models import Contract, ContractChange, ContractPause, Credit
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from tenants.access import member_required


def _line_up(contract, *, contracts, ends_on, by):
    services.co_term(contracts, ends_on=ends_on, by=by)


# What may be done: what is asked, what does it, and what it is called.
DEEDS = {
    "change": (
        forms.ChangeForm,
        services.change_contract,
        gettext_lazy("Change from a day"),
    ),
    "pause": (forms.PauseForm, services.pause_contract, gettext_lazy("Pause")),
    "resumption": (
        forms.ResumptionForm,
        services.resume_contract,
        gettext_lazy("Resume"),
    ),
    "credit": (forms.CreditForm, services.add_credit, gettext_lazy("Credit")),
    "notice": (forms.NoticeForm, services.give_notice, gettext_lazy("Notice given")),
    "renewal": (forms.RenewalForm, services.renew_early, gettext_lazy("Renew early")),
    "line-up": (forms.LineUpForm, _line_up, gettext_lazy("Line up the ends")),
}
# What may be taken back, and what takes it back.
ENTRIES = {
    "change": (ContractChange, services.remove_change),
    "pause": (ContractPause, services.remove_pause),
    "credit": (Credit, services.remove_credit),
}


@require_GET
@member_required
def contract_detail(request, pk):
    contract = _visible(request, pk)
    on = clock.day_of(clock.now(), request.tenant.timezone)
    life = queries.life(contract, on=on)
    is_over = contract.ends_on is not None and contract.ends_on <= on
    context = {
        "contract": contract,
        "account": contract.account,
        "life": life,
        "figure": charts.terms(life.prices, on=on, until=life.until),
        "on": on,
        "is_over": is_over,
        "may_work": queries.may_work(request.membership, contract.account),
        "has_others": forms.running_beside(contract).count() > 1,
    }
    return render_page(request, "accounts/contract.html", context, partial="life")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def deed_create(request, pk, deed):
    contract = _workable(request, pk)
    if deed not in DEEDS:
        raise Http404
    form_class, service, title = DEEDS[deed]
    posted = request.POST if request.method == "POST" else None
    form = form_class(posted, contract=contract)
    if form.is_bound and form.is_valid():
        try:
            service(contract, **_said(form), by=request.user)
        except ValidationError as refusal:
            _blame(form, refusal)
        else:
            return _done(request, contract, _("Saved."))
    context = {"contract": contract, "form": form, "deed": deed, "title": title}
    status = 422 if form.is_bound else 200
    template = "accounts/deed_form.html"
    return render_page(request, template, context, partial="dialog", status=status)


@require_POST
@member_required
def entry_removal_create(request, pk, noun, entry):
    contract = _workable(request, pk)
    sentence = _("Taken back.")
    try:
        if noun == "notice":
            services.withdraw_notice(contract, by=request.user)
        else:
            row, remove = _entry(contract, noun, entry)
            remove(row, by=request.user)
    except ValidationError as refusal:
        sentence = " ".join(refusal.messages)
    return _done(request, contract, sentence)


def _visible(request, pk):
    accounts = queries.visible_accounts(request.membership)
    contracts = Contract.objects.select_related("account__owner")
    return get_object_or_404(contracts, pk=pk, account__in=accounts)


def _workable(request, pk):
    contract = _visible(request, pk)
    if not queries.may_work(request.membership, contract.account):
        raise Http404
    return contract


def _entry(contract, noun, pk):
    if noun not in ENTRIES:
        raise Http404
    model, remove = ENTRIES[noun]
    return get_object_or_404(model, contract=contract, pk=pk), remove


def _said(form):
    """What was typed; a choice that was left open is the service's."""
    said = form.cleaned_data
    return {name: v for name, v in said.items() if name != "kind" or v}


def _blame(form, refusal):
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for field, sentences in refusal.message_dict.items():
        known = {"notice_given_on": "on", "resumes_on": "on"}
        name = field if field in form.fields else known.get(field)
        form.add_error(name if name in form.fields else None, sentences)


def _done(request, contract, sentence):
    if request.htmx:
        events = {
            "contract-saved": {},
            "dialog-close": {},
            "toast": {"text": str(sentence)},
        }
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
    messages.success(request, sentence)
    return redirect("accounts:contract-detail", contract.pk)
