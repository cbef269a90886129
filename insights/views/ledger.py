"""What a number was made of: accounts with their movements, and renewals that came due."""

from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Account
from cs_platform.lib import cells, clock, export
from health.queries import computed_scores
from insights.definitions import DEFINITIONS
from insights.metrics.period import Window, month_end, months_before
from insights.queries import dashboard as queries
from insights.queries import ledger as ledgers
from insights.queries.revenue import rates_of
from insights.views.dashboard import scope_of
from renewals.models import OPEN_STAGES, Stage
from tenants.access import member_required
from tenants.queries import members

TITLES = {"movements": "mrr"}


@require_GET
@member_required
def ledger(request):
    found = _ledger(request)
    meaning = DEFINITIONS[TITLES.get(found.figure, found.figure)]
    kind = request.GET.get("export")
    if kind:
        return _export(found, meaning, kind, request.tenant)
    page = _page_number(request, len(found.entries))
    start = (page - 1) * ledgers.PAGE_SIZE
    shown = ledgers.named(found.entries[start : start + ledgers.PAGE_SIZE])
    healths = _healths([account for _, account in shown])
    context = {
        "ledger": found,
        "meaning": meaning,
        "rows": [
            {"account": account, "kind": _word(entry.kind), "entry": entry}
            | _drawn(entry, request.tenant.currency)
            | {"health": healths.get(account.pk, "")}
            for entry, account in shown
        ],
        "total": len(found.entries),
        "sums": {n: found.total(n) for n in ("opening", "closing", "kept", "amount")},
        "has_kept": found.figure == "retention",
        "is_level": found.figure == "mrr",
        "exports": [(k, _query(request, export=k)) for k in ("csv", "xlsx")],
        "next_url": start + ledgers.PAGE_SIZE < len(found.entries)
        and f"?{_query(request, page=page + 1)}",
        "previous_url": page > 1 and f"?{_query(request, page=page - 1)}",
    }
    return render(request, "insights/ledger.html", context)


@require_GET
@member_required
def renewals_due(request):
    """The renewals of a month and stage, or those behind the renewal rate."""
    on = clock.day_of(clock.now(), request.tenant.timezone)
    owner_id = _owner(request)
    every = Account.objects.all()
    if scope_of(request.membership).owner_id:
        every = every.filter(owner=request.user)
    elif request.GET.get("owner"):
        every = every.filter(owner=owner_id)
    renewals = queries.renewals_of(every)
    stage = request.GET.get("stage", "")
    if request.GET.get("month"):
        window, renewals = _coming(request, renewals, stage, on)
    else:
        year = Window(months_before(on, 12), on)
        window = Window(*_days(request, year))
        renewals = queries.came_due(renewals, window)
    rows = renewals.select_related("account", "owner").prefetch_related("outcomes")
    rows = list(rows.order_by("ends_on", "id")[: export.MAX_ROWS])
    healths = _healths([row.account for row in rows])
    due = queries.total(
        queries.renewed_by_owner(renewals, rates_of(request.tenant), window).values()
    )
    context = {
        "rows": [{"renewal": r, "health": healths.get(r.account_id, "")} for r in rows],
        "window": window,
        "due": due,
        "is_coming": bool(request.GET.get("month")),
        "stage": Stage(stage).label if stage in OPEN_STAGES else "",
        "owner": _name(request.tenant, owner_id),
        "meaning": DEFINITIONS[
            "renewals" if request.GET.get("month") else "renewal_rate"
        ],
    }
    return render(request, "insights/renewals_due.html", context)


def _ledger(request):
    figure = request.GET.get("figure", "movements")
    if figure not in ledgers.FIGURES:
        raise Http404
    on = clock.day_of(clock.now(), request.tenant.timezone)
    opening, closing = _days(request, Window(months_before(on, 1), on))
    scope = scope_of(request.membership, _owner(request))
    return ledgers.ledger(scope, ledgers.window_of(opening, closing), figure)


def _coming(request, renewals, stage, on):
    first = _day(f"{request.GET['month'][:7]}-01")
    last = month_end(first)
    renewals = renewals.open().filter(ends_on__range=(max(first, on), last))
    if stage in OPEN_STAGES:
        renewals = renewals.filter(stage=stage)
    return Window(months_before(month_end(first), 1), last), renewals


def _days(request, default):
    return (
        _day(request.GET.get("from") or default.opening.isoformat()),
        _day(request.GET.get("to") or default.closing.isoformat()),
    )


def _day(text) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 1990 <= day.year <= 2100:
        raise Http404
    return day


def _owner(request):
    text = request.GET.get("owner", "")
    return int(text[:18]) if text.isascii() and text.isdigit() else None


def _name(tenant, owner_id):
    names = {member.user_id: str(member.user) for member in members(tenant.pk)}
    return names.get(owner_id, "")


def _page_number(request, total):
    text = request.GET.get("page", "1")
    number = int(text[:9]) if text.isascii() and text.isdigit() else 1
    return max(1, min(number, -(-total // ledgers.PAGE_SIZE)))


def _query(request, **changes):
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()


def _word(kind):
    known = DEFINITIONS.get(kind)
    return known.label if known else _("Kept")


def _drawn(entry, currency):
    names = ("opening", "closing", "kept", "amount")
    return {name: cells.money(getattr(entry, name), currency) for name in names}


def _healths(accounts):
    """How each is today, by id, as a cell; who was archived is not scored any more."""
    scored = [one for one in accounts if one.archived_at is None]
    computed = computed_scores(one.pk for one in scored if one.is_overridden)
    return {
        one.pk: cells.health(
            one.score,
            one.band,
            one.score_change_7d,
            month=one.score_change_28d,
            direction=one.direction,
            judged=one.is_overridden,
            computed=computed.get(one.pk),
        )
        for one in scored
    }


def _export(found, meaning, kind, tenant):
    header = [
        _("Account"), _("External id"), _("Owner"), _("Movement"),
        _("MRR on %s") % found.window.opening, _("MRR on %s") % found.window.closing,
        _("Amount"), _("Currency"), _("Meaning"), _("Health"),
    ]  # fmt: skip
    rows = [
        [
            account.name, account.external_id, str(account.owner or ""),
            str(_word(entry.kind)), round(entry.opening, 2), round(entry.closing, 2),
            round(entry.amount, 2), tenant.currency,
            f"{meaning.label}: {meaning.formula}", account.score,
        ]
        for entry, account in ledgers.named(found.entries[: export.MAX_ROWS])
    ]  # fmt: skip
    return export.table_response(
        f"{found.figure}-{found.window.closing}", kind, header, rows
    )
