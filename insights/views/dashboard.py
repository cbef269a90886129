"""The lead's page: what is kept, lost and grown, and what comes; every number opens."""

from datetime import date
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.models import Account, Band
from accounts.queries import visible_accounts
from cs_platform.lib import clock, wording
from insights import charts, metrics
from insights.definitions import DEFINITIONS
from insights.metrics import Kind
from insights.metrics.period import months_before
from insights.queries import dashboard as queries
from insights.queries.history import history
from insights.queries.revenue import Scope, rates_of
from nps.queries.answers import Choice, default_days
from nps.queries.voices import voices
from nps.views.lines import answers_url
from renewals.models import OPEN_STAGES, Stage
from tenants.access import member_required
from tenants.models import Role
from tenants.queries import members

COMING_MONTHS = 12


def scope_of(membership, owner_id=None) -> Scope:
    """A CSM reads own numbers; everybody else the workspace's, or one person's."""
    if membership.role == Role.CSM:
        owner_id = membership.user_id
    return Scope(membership.tenant, owner_id)


@require_GET
@member_required
def dashboard(request):
    at = clock.now()
    on = clock.day_of(at, request.tenant.timezone)
    scope = scope_of(request.membership)
    accounts = visible_accounts(request.membership)
    every = Account.objects.all()
    if scope.owner_id:
        accounts, every = (a.filter(owner=scope.owner_id) for a in (accounts, every))
    rates, past = rates_of(request.tenant), history(scope, on)
    renewals = queries.renewals_of(every)
    year = past.months[-1].year_window
    dues = queries.renewed_by_owner(renewals, rates, year)
    standing = queries.standing(accounts, on=on, at=at)
    figures = _figures(past, standing, _coming(renewals, rates, on), request.tenant)
    context = {
        "on": on,
        "has_revenue": any(figures["revenue"]["data"][0]["y"]),
        "is_own": scope.owner_id is not None,
        "stats": [
            *_stats(past, standing, queries.total(dues.values()), request.tenant),
            _nps(request.membership, scope, on),
        ],
        "figures": figures,
        "people": _people(accounts, dues, on, request.tenant),
        "unpriced": past.unpriced,
        "coverage": standing.coverage,
    }
    return render(request, "insights/dashboard.html", context)


def ledger_url(figure, opening: date, closing: date, **more):
    query = urlencode({"figure": figure, "from": opening, "to": closing} | more)
    return f"{reverse('insights:ledger')}?{query}"


def _stats(past, standing, due, tenant):
    """The numbers on top, each with its meaning and the page with its accounts."""
    now, before = past.months[-1], past.months[-2]
    year, window = now.year, now.year_window
    retention = ledger_url("retention", window.opening, window.closing)
    accounts = reverse("insights:account-list")
    return [
        _stat("mrr", _money(now.movements.closing, tenant),
              ledger_url("mrr", now.window.opening, now.window.closing),
              sub=_("%s since the month began") % _signed(now.movements.closing - now.movements.opening, tenant)),
        _stat("nrr", wording.percent(metrics.nrr(year)), retention,
              change=_points(metrics.nrr(year), metrics.nrr(before.year))),
        _stat("grr", wording.percent(metrics.grr(year)), retention,
              change=_points(metrics.grr(year), metrics.grr(before.year))),
        _stat("logo_churn", wording.percent(metrics.logo_churn(year)),
              ledger_url("logo_churn", window.opening, window.closing),
              sub=_("%(lost)s of %(all)s in twelve months") % {"lost": year.lost_accounts, "all": year.accounts}),
        _stat("renewal_rate", wording.percent(due.rate), _renewals_ledger(window),
              sub=_("%(kept)s of %(all)s renewals") % {"kept": due.renewed_count, "all": due.count} if due.count else _("no renewals due")),
        _stat("risk", _money(standing.risk_mrr, tenant), f"{accounts}?risk=on&sort=-mrr",
              sub=ngettext("%s account", "%s accounts", standing.risk_accounts) % wording.number(standing.risk_accounts)),
        _stat("coverage", wording.percent(standing.coverage), f"{accounts}?scored=no",
              sub=_("%s without a current score") % wording.number(standing.accounts - standing.current)),
        _stat("quick_ratio", _quick(past), ledger_url("movements", window.opening, window.closing)),
    ]  # fmt: skip


def _nps(membership, scope, on):
    """As the page of results reckons it; of the own accounts alone for a CSM."""
    since, until = default_days(on)
    owner = str(scope.owner_id or "")
    choice = Choice(since=since, until=until, owner=owner, latest=True)
    found = voices(membership, choice, on=on).nps
    answered = ngettext("%s answer", "%s answers", found.n) % wording.number(found.n)
    return _stat(
        "nps", wording.number(found.value, 0), answers_url(choice), sub=answered
    )


def _stat(key, value, href, *, sub="", change=None):
    meaning = DEFINITIONS[key]
    return {
        "label": meaning.label,
        "definition": f"{meaning.formula}. {meaning.text}",
        "value": value,
        "href": href,
        "sub": sub,
        "change": change,
    }


def _quick(past):
    """Over twelve months point to point would hide what went up and down: the months."""
    months = [month.movements for month in past.months]
    gained, lost = (
        sum(getattr(m, name) for m in months) for name in ("gained", "lost")
    )
    if not lost:
        return _("no losses") if gained else wording.DASH
    return wording.number(gained / lost, 1)


def _figures(past, standing, coming, tenant):
    labels = [wording.day(month.window.closing, "LLL yy") for month in past.months]
    unit = tenant.currency

    def series(figure, value_of, window_of=lambda month: month.window):
        return [
            charts.Bar(
                label,
                value_of(month),
                ledger_url(figure, window_of(month).opening, window_of(month).closing),
            )
            for label, month in zip(labels, past.months, strict=True)
        ]

    def in_year(rate):
        return series(
            "retention",
            lambda month: _percent(rate(month.year)),
            lambda month: month.year_window,
        )

    moved = {
        str(kind): (
            str(DEFINITIONS[kind].label),
            series(str(kind), lambda m, kind=kind: float(getattr(m.movements, kind))),
        )
        for kind in Kind
    }
    return {
        "revenue": charts.revenue(
            series("mrr", lambda m: float(m.movements.closing)), unit
        ),
        "movements": charts.movements(moved, unit),
        "retention": charts.retention(
            [("NRR", in_year(metrics.nrr)), ("GRR", in_year(metrics.grr))]
        ),
        "churn": charts.churn(
            str(DEFINITIONS["logo_churn"].label),
            series("logo_churn", lambda m: _percent(metrics.logo_churn(m.cohort))),
        ),
        "renewals": charts.renewals(coming, unit),
        "health": charts.health(_bands(standing), _("Accounts")),
    }


def _bands(standing):
    accounts = reverse("insights:account-list")
    return [
        (
            value,
            charts.Bar(
                str(label), standing.bands.get(value, 0), f"{accounts}?band={value}"
            ),
        )
        for value, label in Band.choices
    ]


def _coming(renewals, rates, on):
    """For each open stage, a bar for each of the coming months."""
    found = queries.coming(renewals, rates, on=on, months=COMING_MONTHS)
    first = on.replace(day=1)
    months = [months_before(first, -n) for n in range(COMING_MONTHS)]
    address = reverse("insights:renewals-due")
    return [
        (
            str(Stage(stage).label),
            [
                charts.Bar(
                    wording.day(month, "LLL yy"),
                    float(found.get((month, stage), (0, 0))[1]),
                    f"{address}?{urlencode({'month': month.isoformat()[:7], 'stage': stage})}",
                )
                for month in months
            ],
        )
        for stage in OPEN_STAGES
    ]


def _people(accounts, dues, on, tenant):
    names = {member.user_id: str(member.user) for member in members(tenant.pk)}
    address = reverse("insights:account-list")
    tasks = _address("worklist:task-list")
    return [
        {
            "person": person,
            "name": names.get(person.owner_id, _("Nobody")),
            "accounts_url": f"{address}?owner={person.owner_id or 'none'}",
            "red_url": f"{address}?owner={person.owner_id or 'none'}&band=red",
            "tasks_url": tasks and f"{tasks}?whose={person.owner_id}&due=overdue",
            "renewal_url": reverse("insights:renewals-due")
            + f"?owner={person.owner_id or 'none'}",
        }
        for person in queries.people(accounts, dues, on=on)
    ]


def _renewals_ledger(window):
    query = urlencode({"from": window.opening, "to": window.closing})
    return f"{reverse('insights:renewals-due')}?{query}"


def _address(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _money(amount, tenant):
    return wording.money_short(amount, tenant.currency)


def _signed(amount, tenant):
    sign = wording.MINUS if amount < 0 else "+"
    return sign + wording.money_short(abs(amount), tenant.currency)


def _points(now, before):
    """Percentage points between two rates; None when one of them is over nothing."""
    return None if None in (now, before) else 100 * (now - before)


def _percent(rate):
    return None if rate is None else round(float(rate) * 100, 2)
