"""The list of accounts, and what can be done with many of them at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Band, Direction, Stage, Tier
from accounts.queries import visible_accounts
from cs_platform.lib import clock, export, wording
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor
from health.queries import computed_scores
from insights import services
from insights.forms import AssignmentForm, PortfolioForm
from insights.queries import portfolio, saved
from insights.queries.portfolio import ME, NOBODY
from insights.views import account_row
from tenants.access import member_required, role_required
from tenants.queries import members

COLUMNS = {
    "owner": gettext_lazy("Owner"),
    "stage": gettext_lazy("Stage"),
    "mrr": gettext_lazy("MRR"),
    "decides_on": gettext_lazy("Decision"),
    "last_seen_on": gettext_lazy("Last seen"),
    "task": gettext_lazy("Next task"),
    "segment": gettext_lazy("Segment"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "customer_since": gettext_lazy("Customer since"),
    "external_id": gettext_lazy("External id"),
}
SHOWN = ("owner", "stage", "mrr", "decides_on", "last_seen_on", "task")
CURSORS = ("after", "before")


@dataclass(frozen=True)
class Choice:
    """One value a filter can have, and how many accounts it would show."""

    value: str
    label: str
    count: int
    is_chosen: bool

    @property
    def is_offered(self):
        return self.count or self.is_chosen or self.value == ME

    @property
    def text(self):
        """As an option says it."""
        return (
            f"{self.label} · {wording.number(self.count)}" if self.count else self.label
        )


@require_GET
@member_required
def account_list(request):
    form = PortfolioForm(request.GET)
    filters = form.cleaned()
    people = {member.user_id: str(member.user) for member in members(request.tenant.pk)}
    accounts = visible_accounts(request.membership)
    asked = {"viewer": request.user, "on": _today(request)}
    page = _page(request, accounts, filters, asked)
    counted = portfolio.facets(accounts, filters, **asked)
    shown = filters["cols"] or SHOWN
    tasks = "task" in shown and portfolio.next_tasks([row["id"] for row in page.rows])
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "rows": _rows(page.rows, people, tasks or {}, shown, request.tenant),
        "facets": counted,
        "choices": _choices(filters, counted, people),
        "columns": {name: name in shown for name in COLUMNS},
        "column_names": [
            (name, label, name in shown) for name, label in COLUMNS.items()
        ],
        "views": saved.views_of(request.user),
        "query": _query(request),
        "export_query": _query(request, without=CURSORS),
        "is_filtered": _is_filtered(filters),
        "can_assign": request.membership.role in services.ASSIGNERS,
        "people": people,
        "next_url": page.after and f"?{_query(request, after=page.after)}",
        "previous_url": page.before and f"?{_query(request, before=page.before)}",
    }
    return render_page(request, "insights/accounts.html", context, partial="rows")


@require_GET
@member_required
def account_export(request, kind):
    filters = PortfolioForm(request.GET).cleaned()
    asked = {"viewer": request.user, "on": _today(request)}
    accounts = portfolio.narrowed(
        visible_accounts(request.membership), filters, **asked
    )
    order = portfolio.order_of(filters["sort"] or "name")
    people = {member.user_id: str(member.user) for member in members(request.tenant.pk)}
    header = [
        _("External id"), _("Name"), _("Domain"), _("Owner"), _("Stage"), _("Tier"),
        _("Segment"), _("Industry"), _("Country"), _("Score"), _("Health"),
        _("Change in 7 days"), _("Change in 28 days"), _("Direction"), _("MRR"), _("Currency"), _("Decision"), _("Last seen"),
    ]  # fmt: skip
    rows = accounts.order_by(*order.expressions).values(*portfolio.COLUMNS)
    table = (_cells(row, people, request.tenant) for row in rows[: export.MAX_ROWS])
    return export.table_response(_("accounts"), kind, header, table)


@require_POST
@role_required(*services.ASSIGNERS)
def assignment_create(request):
    back = f"{reverse('insights:account-list')}?{request.POST.get('query', '')[:2000]}"
    accounts = visible_accounts(request.membership)
    ticked = accounts.filter(
        pk__in=services.readable_ids(request.POST.getlist("accounts"))
    )
    form = AssignmentForm(
        request.POST,
        accounts=ticked.values_list("pk", flat=True),
        members=members(request.tenant.pk),
    )
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
        return HttpResponseRedirect(back)
    changed = services.assign_accounts(
        ticked, owner_id=int(form.cleaned_data["owner"]), by=request.user
    )
    messages.success(
        request,
        ngettext(
            "%(count)s account has a new owner.",
            "%(count)s accounts have a new owner.",
            changed,
        )
        % {"count": changed},
    )
    return HttpResponseRedirect(back)


def _today(request):
    return clock.day_of(clock.now(), request.tenant.timezone)


def _page(request, accounts, filters, asked):
    order = portfolio.order_of(filters["sort"] or "name")
    cursors = {name: request.GET.get(name, "") for name in CURSORS}
    try:
        return portfolio.rows(accounts, filters, order=order, **cursors, **asked)
    except BadCursor:
        return portfolio.rows(accounts, filters, order=order, **asked)


def _query(request, *, without=(), **changes):
    query = request.GET.copy()
    for name in (*without, *(CURSORS if changes else ())):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()


def _is_filtered(filters):
    return any(value for name, value in filters.items() if name not in ("sort", "cols"))


def _choices(filters, counted, people):
    """The values to choose from, by filter, those with accounts and those chosen."""
    owners = {str(pk): name for pk, name in people.items()}
    counts = {
        "owner": {
            NOBODY if pk is None else pk: n
            for pk, n in counted.counts["owner_id"].items()
        },
        "stage": counted.counts["lifecycle_stage"],
        **{
            n: counted.counts[n]
            for n in ("band", "tier", "segment", "industry", "country")
        },
    }
    labels = {
        "band": dict(Band.choices),
        "stage": dict(Stage.choices),
        "tier": dict(Tier.choices),
        "owner": {ME: _("Me"), NOBODY: _("Nobody"), **owners},
    }
    return {
        name: _values(labels.get(name, {}), found, filters[name])
        for name, found in counts.items()
    }


def _values(labels, counts, chosen):
    chosen = chosen if isinstance(chosen, list) else [chosen]
    values = [*labels, *sorted(value for value in counts if value not in labels)]
    return [
        Choice(value, labels.get(value, value), counts.get(value, 0), value in chosen)
        for value in values
        if value
    ]


def _row(row, people, tasks):
    owner = people.get(row["owner_id"])
    return row | {
        "owner": owner or (_("Former member") if row["owner_id"] else ""),
        "stage": Stage(row["lifecycle_stage"]).label,
        "tier": Tier(row["tier"]).label,
        "task": tasks.get(row["id"]),
    }


def _rows(rows, people, tasks, shown, tenant):
    judged = computed_scores(row["id"] for row in rows if row["is_overridden"])
    said = [
        _row(row, people, tasks) | {"computed": judged.get(row["id"])} for row in rows
    ]
    drawn = account_row.drawn(
        said,
        _labels(shown),
        currency=tenant.currency,
        on=clock.day_of(clock.now(), tenant.timezone),
    )
    return [
        {"id": row["id"], "name": row["name"], "cells": cells}
        for row, cells in zip(said, drawn, strict=True)
    ]


def _labels(shown):
    """The columns in their order; health is always there, before the money."""
    labels = {}
    for name, label in COLUMNS.items():
        if name == "mrr":
            labels["health"] = _("Health")
        if name in shown:
            labels[name] = str(label)
    return labels


def _cells(row, people, tenant):
    said = _row(row, people, {})
    return [
        row["external_id"], row["name"], row["domain"], said["owner"],
        said["stage"], said["tier"], row["segment"], row["industry"], row["country"],
        row["score"], Band(row["band"]).label, row["score_change_7d"],
        row["score_change_28d"], Direction(row["direction"]).label, row["mrr"],
        tenant.currency, row["decides_on"], row["last_seen_on"],
    ]  # fmt: skip
