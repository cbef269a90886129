from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET

from accounts.models import Tier
from cs_platform.lib import clock, wording
from renewals.forecasting import figures
from renewals.forecasting.deals import AUTO, COUNTED, WHO
from renewals.forecasting.quarter import quarter_of
from renewals.forms.forecast import ForecastFilters
from renewals.models import Category, Stage
from renewals.queries import forecast as queries
from renewals.queries.reckoning import Ground
from renewals.queries.weeks import week_of
from tenants.access import member_required
from tenants.models import Role
from worklist.forms import assignable

WORDS = {
    "auto": gettext_lazy("Automatic"),
    "csm": gettext_lazy("CSM"),
    "lead": gettext_lazy("Lead"),
}
CASES = {
    "worst": gettext_lazy("Worst"),
    "likely": gettext_lazy("Likely"),
    "best": gettext_lazy("Best"),
}
GROUPS = {
    "owner": gettext_lazy("Owner"),
    "tier": pgettext_lazy("coverage tier", "Touch"),
    "segment": gettext_lazy("Segment"),
}
PARTS = {
    "new": gettext_lazy("New deals"),
    "sooner": gettext_lazy("Moved here from a later quarter"),
    "carried": gettext_lazy("Left over from an earlier quarter"),
    "renewed": gettext_lazy("Renewed: more or less than expected"),
    "lost": gettext_lazy("Lost"),
    "slipped": gettext_lazy("Slipped to a later quarter"),
    "ahead": gettext_lazy("Moved to an earlier quarter"),
    "ended": gettext_lazy("Nothing left to renew"),
    "amount": gettext_lazy("Another amount"),
    "stage": gettext_lazy("Another stage"),
    "health": gettext_lazy("Another health"),
    "notice": gettext_lazy("Notice given or withdrawn"),
    "history": gettext_lazy("What other deals taught"),
    "call": gettext_lazy("Called otherwise"),
    "currency": gettext_lazy("Rates of exchange"),
    "corrected": gettext_lazy("Outcome put right"),
}
# What choosing another person or tier leaves as it is.
KEPT = ("by", "who", "case", "part", "since", "until", "segment")
# Listed on the page; the rest is on the list of its own.
DISAGREEMENTS, ROWS = 25, 200


@require_GET
@member_required
def forecast(request):
    view, filters, ground, deals = read(request)
    mine = view.of_quarter(deals)
    apart = queries.disagreements(mine)
    weeks = queries.weeks_to_compare(ground.on)
    last = queries.last_weeks(weeks, ground.on)
    moved = queries.moved_since(last, deals, view, AUTO) if last else None
    found = figures.outlook(mine)
    people = queries.people_of(request.tenant)
    context = page(request, view, filters, ground) | {
        "outlook": found,
        "open_words": deals_word(found.open),
        "figures": _figures(found, view, filters),
        "by": filters["by"] or "owner",
        "group_words": GROUPS,
        "groups": _groups(mine, view, filters, people),
        "apart": shown(request, apart[:DISAGREEMENTS]),
        "apart_count": len(apart),
        "moved": moved,
        "moved_parts": _parts(moved, view, filters, last),
        "last": last,
        "rates": _rates(mine, ground),
    }
    return render(request, "renewals/forecast/page.html", context)


def read(request):
    """What the address asks for, and the deals as they stand."""
    filters = ForecastFilters(request.GET).chosen()
    names = ("whose", "tier", "segment", "by", "who", "case", "part", "since", "until")
    filters = {name: filters.get(name) or "" for name in (*names, "quarter")}
    if "whose" not in request.GET and request.membership.role == Role.CSM:
        filters["whose"] = "mine"
    ground, deals = queries.now(request.tenant, clock.now())
    quarter = filters.pop("quarter") or quarter_of(ground.on)
    return queries.View(request.membership, quarter, filters), filters, ground, deals


def written(day):
    """The forecast of a week the address names; 404 when there is none."""
    if not day:
        return None
    week = week_of(day)
    if week is None:
        raise Http404
    return week


def query(view, filters, **changes):
    """The address's query with some of it changed; empty values are left out, but an
    empty owner, which means everybody."""
    said = {"quarter": str(view.quarter)} | filters | changes
    whose = said.pop("whose") or "all"
    kept = {name: value for name, value in said.items() if value}
    return urlencode({"whose": whose} | kept)


def page(request, view, filters, ground: Ground):
    """What every page of the forecast shows above its figures."""
    return {
        "quarter": view.quarter,
        "filters": filters,
        "on": ground.on,
        "currency": request.tenant.currency,
        "is_now": view.quarter.holds(ground.on),
        "query": query(view, filters),
        "earlier": query(view, filters, quarter=str(view.quarter.before)),
        "later": query(view, filters, quarter=str(view.quarter.after)),
        "tiers": Tier.choices,
        "people_to_choose": list(assignable(request.tenant)),
        "who_words": WORDS,
        "keep": {name: filters[name] for name in KEPT},
        "no_segment": query(view, filters, segment=""),
    }


def shown(request, deals, people=()):
    """Deals with their accounts and the words for what each person said of them."""
    people = dict(people)
    accounts = queries.names_of(deals)
    there = queries.there_are(request.membership, deals)
    return [
        {
            "deal": deal,
            "is_there": deal.renewal_id in there,
            "account": accounts.get(deal.account_id),
            "owner": people.get(deal.owner_id, ""),
            "stage": Stage(deal.stage).label,
            "csm": deal.csm and Category(deal.csm.category).label,
            "lead": deal.lead and Category(deal.lead.category).label,
            "csm_value": deal.called_value("csm"),
            "lead_value": deal.called_value("lead"),
            "stake": figures.stake(deal),
        }
        for deal in deals
    ]


def deals_word(count):
    return ngettext("%s deal", "%s deals", count) % wording.number(count)


def _figures(found, view, filters):
    """Automatic, CSM and lead side by side, each figure with the page of its deals."""
    address = reverse("renewals:forecast-deals")
    rows = []
    for who in WHO:
        figure = found.figures[who]
        cells = [
            (
                CASES[case],
                getattr(figure, case),
                f"{address}?{query(view, filters, who=who, case=case)}",
            )
            for case in COUNTED
        ]
        silent = query(view, filters, who=who, only=f"uncalled_{who}")
        rows.append(
            {
                "who": who,
                "word": WORDS[who],
                "cells": cells,
                "figure": figure,
                "silent_url": f"{address}?{silent}",
                "silent_words": deals_word(figure.uncalled),
            }
        )
    return rows


def _groups(deals, view, filters, people):
    by = filters["by"] or "owner"
    param = {"owner": "whose"}.get(by, by)
    rows = []
    for key, found in queries.groups(deals, by):
        value = {"owner": key or "none", "segment": key or "-"}.get(by, key)
        asked = query(view, filters, **{param: value})
        ledger = f"{reverse('renewals:forecast-deals')}?{asked}"
        rows.append(
            {
                "name": _group_name(by, key, people),
                "outlook": found,
                "open_words": deals_word(found.open),
                "url": f"?{asked}",
                "deals_url": ledger,
                "won_url": f"{ledger}&only=won",
                "figures": _figures(found, view, filters | {param: str(value)}),
            }
        )
    return rows


def _group_name(by, key, people):
    if by == "owner":
        return people.get(key, _("Nobody"))
    return Tier(key).label if by == "tier" else key or _("None")


def _parts(moved, view, filters, week):
    if moved is None:
        return []
    address = reverse("renewals:forecast-moves")
    return [
        (
            PARTS[kind],
            deals_word(len(moved.of(kind))),
            amount,
            f"{address}?{query(view, filters, part=kind, since=week.week, who=AUTO)}",
        )
        for kind, amount in moved.sums.items()
    ]


def _rates(deals, ground):
    """The rates that figures of these deals go by, but the workspace's own."""
    used = {deal.currency for deal in deals} - {ground.tenant.currency}
    return sorted((currency, ground.rates.get(currency)) for currency in used)
