"""The list of accounts: which, in what order, and how many of each kind there are."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from psycopg2 import sql

from accounts.models import Band, Direction, Stage
from accounts.queries import decided_within
from cs_platform.lib import clock
from cs_platform.lib.keyset import Order, Page, page_of
from health.queries.history import CURRENT
from worklist.models import Task

PAGE_SIZE = 50
# Values of the filter by owner, beside a person's id.
NOBODY, ME = "none", "me"
FACETS = (
    "band",
    "owner_id",
    "lifecycle_stage",
    "tier",
    "segment",
    "industry",
    "country",
)
SORTABLE = {
    "name": Order("name"),
    "score": Order("score", has_gaps=True),
    "score_change_7d": Order("score_change_7d", has_gaps=True),
    "attention": Order("attention"),
    "mrr": Order("mrr"),
    "decides_on": Order("decides_on", has_gaps=True),
    "last_seen_on": Order("last_seen_on", has_gaps=True),
}
COLUMNS = (
    "id", "name", "domain", "external_id", "owner_id", "lifecycle_stage", "tier",
    "segment", "industry", "country", "customer_since", "score", "band",
    "score_change_7d", "score_change_28d", "direction", "is_overridden", "scored_at", "mrr", "decides_on", "last_seen_on",
)  # fmt: skip
# An account decides soon: the days in which "not green" counts as at risk.
RISK_DAYS = 90


@dataclass(frozen=True)
class Facets:
    """How many accounts there are, their MRR, and how many of each kind.

    The counts of one kind are those under all other filters, so that a second choice
    can be judged before it is made.
    """

    total: int = 0
    mrr: Decimal = Decimal(0)
    counts: dict[str, dict] = field(default_factory=dict)


def order_of(name: str) -> Order:
    """The order a `sort` parameter asks for; by name unless it says otherwise."""
    order = SORTABLE.get(name.removeprefix("-"), SORTABLE["name"])
    return Order(order.column, name.startswith("-"), order.has_gaps)


def rows(accounts, filters, *, viewer, on, order, after="", before="") -> Page:
    """A page of the list, in one query. Raises BadCursor."""
    return page_of(
        narrowed(accounts, filters, viewer=viewer, on=on),
        order,
        columns=COLUMNS,
        size=PAGE_SIZE,
        after=after,
        before=before,
    )


def narrowed(accounts, filters, *, viewer, on):
    """The accounts that pass every filter."""
    accounts = _searched(accounts, filters, on)
    for choice in _choices(filters, viewer).values():
        accounts = accounts.filter(choice)
    return accounts


def facets(accounts, filters, *, viewer, on) -> Facets:
    """Count the list, and each kind in it, in one query."""
    choices = _choices(filters, viewer)
    flags = {
        f"is_{name}": ExpressionWrapper(
            choices.get(name, Q(pk__isnull=False)), BooleanField()
        )
        for name in FACETS
    }
    inner = (
        _searched(accounts, filters, on)
        .annotate(**flags)
        .values(*FACETS, "mrr", *flags)
    )
    text, parameters = inner.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_statement(text), parameters)
        found = cursor.fetchall()
    counts: dict[str, dict] = {name: {} for name in FACETS}
    total, mrr = 0, Decimal(0)
    for which, value, count, amount in found:
        if which is None:
            total, mrr = count, amount or mrr
        elif count:
            counts[which][value] = count
    return Facets(total, mrr, counts)


def next_tasks(account_ids) -> dict:
    """The open task due first of each account, in one query."""
    tasks = (
        Task.objects.open()
        .filter(account__in=account_ids)
        .order_by("account", "due_on", "id")
        .distinct("account")
    )
    return {task.account_id: task for task in tasks}


def at_risk(on) -> Q:
    """Red, or to decide within 90 days without being green; each account once."""
    soon = decided_within(RISK_DAYS, on)
    return Q(band=Band.RED) | soon & ~Q(band=Band.GREEN)


def is_falling() -> Q:
    """Lost points in a week, or more than it usually swings in four."""
    return Q(score_change_7d__lt=0) | Q(direction=Direction.FALLING)


def _searched(accounts, filters, on):
    """What is not a kind to choose from: text, dates, switches."""
    if not filters["churned"] and filters["stage"] != Stage.CHURNED:
        accounts = accounts.current()
    if filters["q"]:
        # Django escapes %, _ and \ in what is looked for.
        text = filters["q"]
        accounts = accounts.filter(
            Q(name__icontains=text)
            | Q(domain__icontains=text)
            | Q(external_id__icontains=text)
        )
    if filters["decides"]:
        accounts = accounts.filter(decided_within(filters["decides"], on))
    for name, condition in _switches(on).items():
        if filters[name]:
            accounts = accounts.filter(condition)
    if filters["scored"]:
        is_current = Q(score__isnull=False, scored_at__gt=clock.now() - CURRENT)
        accounts = accounts.filter(
            ~is_current if filters["scored"] == "no" else is_current
        )
    return accounts


def _switches(on):
    return {
        "risk": at_risk(on),
        "falling": is_falling(),
        "found": Q(is_discovered=True, owner=None),
        "paying": Q(mrr__gt=0),
    }


def _choices(filters, viewer):
    """The kinds that are chosen, by their column."""
    owner = filters["owner"]
    chosen = {
        "band": filters["band"] and Q(band__in=filters["band"]),
        "lifecycle_stage": filters["stage"] and Q(lifecycle_stage=filters["stage"]),
        "tier": filters["tier"] and Q(tier=filters["tier"]),
        "segment": filters["segment"] and Q(segment=filters["segment"]),
        "industry": filters["industry"] and Q(industry=filters["industry"]),
        "country": filters["country"] and Q(country=filters["country"]),
        "owner_id": owner and _owned_by(owner, viewer),
    }
    return {name: choice for name, choice in chosen.items() if choice}


def _owned_by(owner, viewer):
    if owner == NOBODY:
        return Q(owner=None)
    if owner == ME:
        return Q(owner=viewer)
    # As large as the column: a longer number would be refused by the database.
    is_number = owner.isascii() and owner.isdigit() and len(owner) < 19
    return Q(owner=int(owner)) if is_number else Q(pk=None)


def _statement(inner):
    """Count `inner` by each facet at once, each under the filters of the others."""
    columns = {name: sql.Identifier(name) for name in FACETS}
    flags = {name: sql.Identifier(f"is_{name}") for name in FACETS}
    which = [
        sql.SQL("WHEN grouping({}) = 0 THEN {}").format(columns[n], sql.Literal(n))
        for n in FACETS
    ]
    value = [
        sql.SQL("WHEN grouping({0}) = 0 THEN {0}::text").format(columns[n])
        for n in FACETS
    ]
    count = [
        sql.SQL("WHEN grouping({}) = 0 THEN count(*) FILTER (WHERE {})").format(
            columns[n], _all(flags[o] for o in FACETS if o != n)
        )
        for n in FACETS
    ]
    return sql.SQL(
        "SELECT CASE {which} END, CASE {value} END,"
        " CASE {count} ELSE count(*) FILTER (WHERE {every}) END,"
        " sum(mrr) FILTER (WHERE {every})"
        " FROM ({inner}) AS a GROUP BY GROUPING SETS ((), {sets})"
    ).format(
        which=sql.SQL(" ").join(which),
        value=sql.SQL(" ").join(value),
        count=sql.SQL(" ").join(count),
        every=_all(flags.values()),
        inner=sql.SQL(inner),
        sets=sql.SQL(", ").join(sql.SQL("({})").format(c) for c in columns.values()),
    )


def _all(flags):
    return sql.SQL(" AND ").join(flags)
