"""What customers miss: a list by revenue, one request, and what one account asks for."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts import queries, services
from accounts.forms.requests import RequestFilters, RequestForm, VoteForm
from accounts.models import FeatureRequest
from accounts.queries import requests as asked
from cs_platform.lib.htmx import render_page
from tenants.access import member_required, role_required
from tenants.models import Role

DECIDERS = (Role.LEAD, Role.OPS, Role.ADMIN)
PAGE_SIZE = 50
VOTES_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def request_list(request):
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if request.membership.role == Role.VIEWER:
            raise Http404
        if form.is_valid():
            form.instance.asked_by = request.user
            kept = form.save()
            messages.success(request, _("“%s” is on the list.") % kept)
            return redirect("accounts:request-detail", kept.pk)
    filters = RequestFilters(request.GET).chosen()
    found = asked.weighed_requests(queries.visible_accounts(request.membership))
    if filters["q"]:
        found = found.filter(title__icontains=filters["q"])
    if filters["state"] in FeatureRequest.State.values:
        found = found.filter(state=filters["state"])
    page = Paginator(found.order_by(filters["sort"] or "-mrr", "title"), PAGE_SIZE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "filters": filters,
        "states": FeatureRequest.State.choices,
        "form": form,
        "may_add": request.membership.role != Role.VIEWER,
    }
    status = 422 if form.is_bound else 200
    template = "accounts/requests.html"
    return render_page(request, template, context, partial="rows", status=status)


@require_GET
@member_required
def request_detail(request, pk):
    return _shown(request, _one(request, pk))


@require_POST
@role_required(*DECIDERS)
def request_change(request, pk):
    row = get_object_or_404(FeatureRequest, pk=pk)
    form = RequestForm(request.POST, instance=row)
    if not form.is_valid():
        return _shown(request, _one(request, pk), form=form, status=422)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("accounts:request-detail", pk)


@require_GET
@member_required
def panel(request, pk):
    """What one account asks for: a part of its card, or a page of its own."""
    account = queries.account_or_404(request.membership, pk)
    return _panel(request, account, VoteForm())


@require_POST
@member_required
def vote_create(request, pk):
    account = queries.workable_account_or_404(request.membership, pk)
    form = VoteForm(request.POST)
    if form.is_valid():
        services.ask_for_feature(account=account, by=request.user, **form.cleaned_data)
        if not request.htmx:
            messages.success(request, _("Noted."))
            return redirect("accounts:requests", pk)
        form = VoteForm()
    return _panel(request, account, form, status=422 if form.is_bound else 200)


@require_POST
@member_required
def vote_removal_create(request, pk, asked_for):
    account = queries.workable_account_or_404(request.membership, pk)
    row = get_object_or_404(FeatureRequest, pk=asked_for)
    services.withdraw_vote(row, account)
    if not request.htmx:
        messages.success(request, _("Taken back."))
        return redirect("accounts:requests", pk)
    return _panel(request, account, VoteForm())


def _one(request, pk):
    found = asked.weighed_requests(queries.visible_accounts(request.membership))
    return get_object_or_404(found.select_related("asked_by"), pk=pk)


def _shown(request, row, *, form=None, status=200):
    accounts = queries.visible_accounts(request.membership)
    may_change = request.membership.role in DECIDERS
    context = {
        "asked": row,
        "votes": asked.votes_of(row, accounts)[:VOTES_SHOWN],
        "limit": VOTES_SHOWN,
        "may_change": may_change,
        "form": form or (RequestForm(instance=row) if may_change else None),
    }
    return render(request, "accounts/request.html", context, status=status)


def _panel(request, account, form, status=200):
    context = {
        "account": account,
        "votes": asked.requests_of(account),
        "titles": asked.wanted_titles(),
        "form": form,
        "may_work": queries.may_work(request.membership, account),
    }
    template = "accounts/account_requests.html"
    return render_page(request, template, context, partial="panel", status=status)
