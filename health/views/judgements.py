"""What people judge: a score of their own for a time, and how a customer feels."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.queries import today, visible_accounts, workable_account_or_404
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from health import queries, services
from health.forms import OverrideForm, SentimentForm
from health.models import Override
from health.views.scores import panel_context
from tenants.access import member_required, role_required
from tenants.models import Role

# Who looks after the judgements of others.
LEADS = (Role.LEAD, Role.OPS, Role.ADMIN)
FIELDS = {
    services.AlreadyOver: "expires_on",
    services.TooFarAhead: "expires_on",
    services.AlreadyOverridden: None,
}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def override_create(request, pk):
    """Judge the score of an account oneself, for a time."""
    account = workable_account_or_404(request.membership, pk)
    data = request.POST if request.method == "POST" else None
    form = OverrideForm(data, today=today())
    if form.is_valid() and _overridden(form, account, request.user):
        return _done(request, account, _("Your judgement is shown from now on."))
    context = {"account": account, "form": form}
    status = 422 if form.is_bound else 200
    template = "health/override_form.html"
    return render_page(request, template, context, partial="dialog", status=status)


@require_POST
@member_required
def override_end(request, pk, override):
    """Show the computed score again."""
    account = workable_account_or_404(request.membership, pk)
    found = get_object_or_404(Override, account=account, pk=override)
    services.end_override(found, by=request.user)
    return _done(request, account, _("The computed score is shown again."))


@require_safe
@role_required(*LEADS)
def override_list(request):
    """Who judged which score, why, until when, and what is computed meanwhile."""
    is_active = request.GET.get("state") != "ended"
    try:
        page = queries.judged_scores(
            visible_accounts(request.membership),
            is_active=is_active,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    context = {
        "is_active": is_active,
        "judgements": page.rows,
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render(request, "health/overrides.html", context)


@require_POST
@member_required
def sentiment_create(request, pk):
    """Say how a customer feels, 1 to 5."""
    account = workable_account_or_404(request.membership, pk)
    form = SentimentForm(request.POST)
    if form.is_valid():
        services.record_sentiment(account, by=request.user, **form.cleaned_data)
        return _done(request, account, _("Noted."))
    context = panel_context(request, account, sentiment_form=form)
    template = "health/panel.html"
    return render_page(request, template, context, partial="panel", status=422)


def _overridden(form, account, person) -> bool:
    try:
        services.override_score(account, by=person, **form.cleaned_data)
    except tuple(FIELDS) as refusal:
        form.add_error(FIELDS[type(refusal)], refusal.message)
        return False
    return True


def _done(request, account, sentence):
    if request.htmx:
        events = {
            "health-changed": {},
            "dialog-close": {},
            "toast": {"text": sentence},
        }
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
    messages.success(request, sentence)
    return redirect("health:panel", account.pk)
