"""Why customers leave: by quarter, segment and size; each figure opens its deals."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Tier
from cs_platform.lib import wording
from cs_platform.lib.export import table_response
from renewals import charts, reasons, services
from renewals.forms.outcomes import WhyForm
from renewals.forms.reasons import BY_GROUP, GROUPS, NO_SEGMENT, ReasonFilters
from renewals.models import LOSSES, Outcome, OutcomeKind, Reason
from renewals.queries import outcomes
from renewals.queries import reasons as queries
from renewals.queries.pipeline import visible_renewals
from renewals.views.details import KEEPERS
from renewals.views.rows import today
from tenants.access import member_required, role_required
from tenants.models import Role

QUARTERS = 12
SHOWN_QUARTERS = 4
LISTED = 200


@require_GET
@member_required
def reason_table(request):
    filters, found = _found(request)
    group = filters["group"] or "quarter"
    table = reasons.table_of(found, group=lambda loss: getattr(loss, group))
    context = _shared(request, filters) | {
        "table": table,
        "rows": [_row(row, request) for row in table.rows],
        "columns": [Reason(key).label for key in table.columns],
        "groups": [
            (_group_word(group, key, request), _opened(request, group, key, cells))
            for key, cells in table.groups
        ],
        "group": group,
        "group_word": dict(GROUPS)[group],
        "group_title": BY_GROUP[group],
        "group_choices": list(BY_GROUP.items()),
        "figure": _figure(filters, found),
        "unknown": sum(loss.mrr is None for loss in found),
        "may_edit_list": request.membership.role in KEEPERS,
        "is_cut": len(found) == queries.MOST,
    }
    return render(request, "renewals/reasons.html", context)


@require_GET
@member_required
def reason_deals(request):
    filters, found = _found(request)
    context = _shared(request, filters) | {
        "losses": [(loss, *_words(loss)) for loss in found[:LISTED]],
        "count": len(found),
        "limit": LISTED,
    }
    return render(request, "renewals/reason_deals.html", context)


@require_GET
@member_required
def reason_export(request, kind):
    _filters, found = _found(request)
    header = [
        _("Account"),
        _("Owner"),
        _("Touch"),
        _("Segment"),
        _("Decided on"),
        _("Quarter"),
        _("Outcome"),
        _("Reason"),
        _("Which exactly"),
        _("In words"),
        _("Lost MRR, %s") % request.tenant.currency,
        _("Lost a year"),
        _("Currency"),
    ]
    rows = [
        [
            loss.account,
            loss.owner,
            Tier(loss.tier).label,
            loss.segment,
            loss.decided_on,
            loss.quarter,
            *_words(loss),
            ", ".join(loss.which),
            loss.words,
            loss.mrr,
            loss.amount,
            loss.currency,
        ]
        for loss in found
    ]
    return table_response("lost-deals", kind, header, rows)


@require_GET
@member_required
def which_list(request):
    """What may be named under the reason that is chosen: a part of the form."""
    reason = request.GET.get("reason")
    reason = reason if reason in Reason.values else None
    options = outcomes.which_options(reason)
    template = "renewals/_which_options.html"
    return render(request, template, {"options": options})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.LEAD, Role.OPS, Role.ADMIN)
def reason_change(request, pk):
    """Say anew why it was lost; what was said before stays."""
    renewals = visible_renewals(request.membership)
    outcome = get_object_or_404(
        Outcome.objects.filter(renewal__in=renewals, kind__in=LOSSES).select_related(
            "renewal__account", "renewal__contract"
        ),
        renewal=pk,
    )
    said = outcomes.explanations_of(outcome.renewal)
    latest = next((one for one in said if one.is_latest), None)
    if request.method == "POST":
        form = WhyForm(request.POST)
        status = _corrected(request, outcome, form)
        if status == 302:
            messages.success(request, _("Corrected; what was said before is kept."))
            return HttpResponseRedirect(reverse("renewals:detail", args=[pk]))
    else:
        form, status = WhyForm(initial=_initial(latest)), 200
    context = {
        "renewal": outcome.renewal,
        "form": form,
        "was": request.POST.get("was") or (latest and latest.pk) or "",
        "explanations": said,
        "which_options": outcomes.which_options(),
    }
    return render(request, "renewals/reason_change.html", context, status=status)


def _corrected(request, outcome, form) -> int:
    if not form.is_valid():
        return 422
    try:
        services.correct_reason(
            outcome,
            reason=form.cleaned_data["reason"],
            words=form.cleaned_data["detail"],
            which=form.cleaned_data["which"],
            was=request.POST.get("was", ""),
            by=request.user,
        )
    except services.StaleExplanation:
        form.add_error(
            None, _("Somebody else has corrected it meanwhile. Reload and look.")
        )
        return 409
    return 302


def _initial(latest):
    if latest is None:
        return {}
    return {"reason": latest.reason, "which": latest.which, "detail": latest.words}


def _found(request):
    filters = ReasonFilters(request.GET).chosen()
    quarters = reasons.quarters_until(today(request), SHOWN_QUARTERS)
    filters["since"] = filters.get("since") or quarters[0]
    filters["until"] = max(filters.get("until") or quarters[-1], filters["since"])
    names = {"tier": "renewal__account__tier", "segment": "renewal__account__segment"}
    found = queries.losses(
        request.membership,
        since=reasons.first_day(filters["since"]),
        until=reasons.first_day(reasons.next_quarter(filters["until"])),
        narrow={
            field: "" if filters[name] == NO_SEGMENT else filters[name]
            for name, field in names.items()
            if filters.get(name)
        },
    )
    for name in ("size", "reason"):
        if filters.get(name) not in (None, ""):
            found = [loss for loss in found if getattr(loss, name) == filters[name]]
    if filters.get("which"):
        found = [loss for loss in found if filters["which"] in loss.which]
    return {name: filters.get(name) for name in ReasonFilters.base_fields}, found


def _shared(request, filters):
    query = request.GET.copy()
    for name in ("reason", "which"):
        query.pop(name, None)
    return {
        "filters": filters,
        "quarters": reasons.quarters_until(today(request), QUARTERS),
        "tiers": Tier.choices,
        "segments": queries.segments(),
        "query": request.GET.urlencode(),
        "query_of_all": query.urlencode(),
        "today": today(request),
    }


def _row(row, request):
    """A reason with its names, each with the address of its deals."""
    below = [(one, _address(request, row.key, one.key)) for one in row.below]
    return row, Reason(row.key).label, _address(request, row.key), below


def _opened(request, group, key, cells):
    """What each reason took of one group, with the address of its deals."""
    narrow = {group: key if key != "" else NO_SEGMENT}
    if group == "quarter":
        narrow = {"since": key, "until": key}
    return [(cell, _address(request, cell.key, **narrow)) for cell in cells]


def _address(request, reason, which="", **narrow):
    query = request.GET.copy()
    query["reason"] = reason
    if which:
        query["which"] = which
    for name, value in narrow.items():
        query[name] = value
    return f"{reverse('renewals:reason-deals')}?{query.urlencode()}"


def _words(loss):
    return OutcomeKind(loss.kind).label, Reason(loss.reason).label


def _group_word(group, key, request):
    if group == "tier":
        return Tier(key).label
    if group == "size":
        return _size_word(key, request.tenant.currency)
    return key or _("None")


def _size_word(power, currency):
    if power < 0:
        return _("Unknown")
    if power == 2:
        return _("under %s") % wording.money(1000, currency)
    low, high = 10**power, 10 ** (power + 1)
    return (
        f"{wording.money_short(low, currency)} – {wording.money_short(high, currency)}"
    )


def _figure(filters, found):
    by_quarter = reasons.table_of(found, group=lambda loss: loss.quarter)
    quarters = [filters["since"]]
    while quarters[-1] < filters["until"]:
        quarters.append(reasons.next_quarter(quarters[-1]))
    sums = {
        (quarter, row.key): row.mrr
        for quarter, cells in by_quarter.groups
        for row in cells
    }
    words = {key: Reason(key).label for key in by_quarter.columns}
    return charts.lost_by_quarter(quarters, words, sums)
