"""Which account gets which scorecard: rules in an order that people arrange."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Account, Stage, Tier
from cs_platform.lib.htmx import render_page
from health import services
from health.forms.rules import OrderForm
from health.queries.allotment import caught
from health.queries.cards import DEFAULT, cards_in_force, rules_in_order
from health.services.cards import said_rule
from health.views.scores import CONFIGURES
from tenants.access import member_required

SEGMENTS = 40


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def card_order(request):
    """The rules as they stand; a button moves, adds or removes one, or saves them all."""
    rules = rules_in_order()
    if request.method != "POST":
        return _page(request, OrderForm.of([said_rule(rule) for rule in rules]))
    if request.membership.role not in CONFIGURES:
        raise Http404
    form = OrderForm.entered(request.POST, cards=cards_in_force())
    what = request.POST.get("do", "save")
    if what != "save":
        form.act(what)
        return _page(request, form)
    return _save(request, form)


def _save(request, form):
    if form.errors:
        return _page(request, form, status=422)
    try:
        services.save_card_order(form.rules, by=request.user, unless_changed=form.was)
    except services.OrderChanged as error:
        now = OrderForm.of([said_rule(rule) for rule in rules_in_order()])
        return _page(request, now, status=422, refusal=error.message)
    except services.UnknownCard as error:
        return _page(request, form, status=422, refusal=error.message)
    messages.success(request, _("The order is saved. Every account is scored again."))
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": reverse("health:card-list")})
    return redirect("health:card-list")


def _page(request, form, status=200, refusal=""):
    accounts = Account.objects.current()
    known = accounts.exclude(segment="").order_by("segment").values_list("segment")
    segments = {name for (name,) in known.distinct()[:SEGMENTS]}
    segments |= {name for rule in form.rules for name in rule["segments"]}
    counts = caught(accounts, form.as_rules())
    context = {
        "form": form,
        "rows": form.rows(counts),
        "rest": counts.get(0, 0),
        "default": DEFAULT,
        "cards": sorted(cards_in_force()),
        "stages": [one for one in Stage.choices if one[0] != Stage.CHURNED],
        "tiers": Tier.choices,
        "segments": sorted(segments),
        "was": json.dumps(form.was),
        "refusal": refusal,
        "may_configure": request.membership.role in CONFIGURES,
    }
    return render_page(
        request, "health/cards/order.html", context, partial="rules", status=status
    )
