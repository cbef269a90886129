from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cs_platform.lib import export
from renewals.forecasting.deals import AUTO, ZERO
from renewals.queries import forecast as queries
from renewals.queries.weeks import deals_of
from renewals.views.forecast import (
    CASES,
    ROWS,
    WORDS,
    page,
    query,
    read,
    shown,
    written,
)
from tenants.access import member_required


@require_GET
@member_required
def deal_list(request):
    """The deals behind one of a quarter's figures."""
    view, filters, ground, deals = read(request)
    week = written(filters["since"])
    if week:
        deals = deals_of(week)
    who, case = filters["who"] or AUTO, filters["case"] or "likely"
    lines = queries.ledger(_asked(view.of_quarter(deals), request), who, case)
    if request.GET.get("export"):
        return _export(lines, who, case, view, request)
    part = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    top = list(part)
    people = queries.people_of(request.tenant)
    rows = shown(request, [deal for deal, _gives in top], people)
    context = page(request, view, filters, ground) | {
        "lines": [
            row | {"gives": gives}
            for row, (_deal, gives) in zip(rows, top, strict=True)
        ],
        "total": sum((gives for _deal, gives in lines), ZERO),
        "count": len(lines),
        "page": part,
        "who": who,
        "who_word": WORDS[who],
        "case_word": CASES[case],
        "case": case,
        "week": week,
        "exports": [(k, query(view, filters, export=k)) for k in ("csv", "xlsx")],
    }
    return render(request, "renewals/forecast/deals.html", context)


def _asked(deals, request):
    """All, or what one count of the page was made of."""
    tests = {
        "open": lambda deal: not deal.is_decided,
        "won": lambda deal: bool(deal.won),
        "lost": lambda deal: deal.is_decided and not deal.won,
        "uncalled_csm": lambda deal: not deal.is_decided and deal.csm is None,
        "uncalled_lead": lambda deal: not deal.is_decided and deal.lead is None,
        "unpriced": lambda deal: deal.rate is None,
    }
    test = tests.get(request.GET.get("only", ""))
    return [deal for deal in deals if test(deal)] if test else deals


def _export(lines, who, case, view, request):
    accounts = queries.names_of(deal for deal, _gives in lines)
    people = queries.people_of(request.tenant)
    header = [
        _("Account"), _("Owner"), _("Stage"), _("Health"), _("Decision"), _("Amount"),
        _("Currency"), _("Rate"), _("Probability"), _("CSM"), _("CSM's amount"),
        _("Lead"), _("Lead's amount"), _("Outcome"), _("Renewed at"),
        f"{WORDS[who]}: {CASES[case]}, {request.tenant.currency}",
    ]  # fmt: skip
    rows = [
        [
            accounts[deal.account_id].name, people.get(deal.owner_id, ""), deal.stage,
            deal.band, deal.decides_on, deal.amount, deal.currency, deal.rate,
            deal.probability, deal.csm and deal.csm.category,
            deal.csm and deal.csm.amount, deal.lead and deal.lead.category,
            deal.lead and deal.lead.amount, deal.result, deal.result_amount, gives,
        ]
        for deal, gives in lines
    ]  # fmt: skip
    name = f"forecast-{view.quarter}-{who}-{case}"
    return export.table_response(name, request.GET["export"], header, rows)
