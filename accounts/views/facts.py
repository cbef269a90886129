"""Contacts, contracts, invoices and tickets, typed in by a person."""

import json
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import FORMS
from accounts.queries import workable_account_or_404
from accounts.services import KINDS
from cs_platform.lib.htmx import render_page
from tenants.access import member_required

PANELS = {
    "contact": "accounts:contacts",
    "contract": "accounts:money",
    "invoice": "accounts:money",
    "ticket": "accounts:tickets",
}

NEW = {
    "contact": _("New contact"),
    "contract": _("New contract"),
    "invoice": _("New invoice"),
    "ticket": _("New ticket"),
}
EDITED = {
    "contact": _("Contact"),
    "contract": _("Contract"),
    "invoice": _("Invoice"),
    "ticket": _("Ticket"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def fact_create(request, pk, name):
    account = workable_account_or_404(request.membership, pk)
    form = _form(name)(
        _posted(request), account=account, initial=_initial(request, name)
    )
    return _answer(request, account, name, form, updates=False)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def fact_edit(request, pk, name, fact):
    account = workable_account_or_404(request.membership, pk)
    row = _row(account, name, fact)
    form = _form(name)(_posted(request), account=account, instance=row)
    return _answer(request, account, name, form)


@require_POST
@member_required
def removal_create(request, pk, name, fact):
    account = workable_account_or_404(request.membership, pk)
    row = _row(account, name, fact)
    services.delete_fact(KINDS[name], row, by=request.user)
    if name == "contract" and _is_on_page_of(request, fact):
        # The page under the dialog is gone with it.
        messages.success(request, _("Deleted."))
        address = reverse("insights:account-detail", args=[account.pk])
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return _done(request, account, name, _("Deleted."))


def _is_on_page_of(request, contract):
    page = reverse("accounts:contract-detail", args=[contract])
    return urlsplit(request.htmx.current_url or "").path.endswith(page)


def _form(name):
    if name not in FORMS:
        raise Http404
    return FORMS[name]


def _posted(request):
    return request.POST if request.method == "POST" else None


def _row(account, name, fact):
    _form(name)
    return get_object_or_404(KINDS[name].model, account=account, pk=fact)


def _initial(request, name):
    is_money = name in ("contract", "invoice")
    return {"currency": request.tenant.currency} if is_money else {}


def _answer(request, account, name, form, **how):
    if request.method == "POST" and form.is_valid():
        item = form.item() | {"account": account.external_id}
        change = services.save_item(KINDS[name], item, by=request.user, **how)
        if change.status != "error":
            return _done(request, account, name, _("Saved."))
        for field, sentences in change.errors.items():
            form.add_error(field if field in form.fields else None, sentences)
    context = {
        "account": account,
        "form": form,
        "name": name,
        "title": (NEW if form.instance._state.adding else EDITED)[name],
        "fact": None if form.instance._state.adding else form.instance,
    }
    status = 422 if form.is_bound else 200
    template = "accounts/fact_form.html"
    return render_page(request, template, context, partial="dialog", status=status)


def _done(request, account, name, sentence):
    if request.htmx:
        events = {
            f"{name}-saved": {},
            "dialog-close": {},
            "toast": {"text": str(sentence)},
        }
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
    messages.success(request, sentence)
    return redirect(PANELS[name], account.pk)
