"""The board and the list of renewals, for those who may see their accounts."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from accounts.queries import decided_within, rates_on, visible_accounts
from cs_platform.lib.keyset import Order, Page, page_of
from renewals.models import OPEN_STAGES, PIPELINE, Renewal, Stage
from renewals.queries.ahead import within
from renewals.queries.attention import needing
from tenants.models import Role
from worklist.queries.lists import team_of

PAGE_SIZE = 50
# Cards drawn in one column; the rest is on the list.
CARDS = 25
RECENT = timedelta(days=30)
COLUMNS = (
    "id", "stage", "ends_on", "decides_on", "amount", "currency", "next_step",
    "next_step_on", "stage_since", "stopped_at", "owner_id", "owner__name",
    "owner__email", "account_id", "account__name", "account__score", "account__band",
    "account__score_change_7d", "account__score_change_28d", "account__direction",
    "account__is_overridden", "account__owner_id",
)  # fmt: skip
SORTABLE = {
    "decides_on": Order("decides_on"),
    "ends_on": Order("ends_on"),
    "stage_since": Order("stage_since"),
    "next_step_on": Order("next_step_on", has_gaps=True),
    "amount": Order("amount"),
    "account": Order("account__name"),
}


@dataclass
class Column:
    """One stage of the board: its first cards, and what stands in all of it."""

    stage: Stage
    cards: list = field(default_factory=list)
    count: int = 0
    # By currency: the workspace's own, and those that nobody can say the worth of.
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, currency, amount):
        self.sums[currency] = self.sums.get(currency, Decimal(0)) + amount


def visible_renewals(membership):
    return Renewal.objects.filter(account__in=visible_accounts(membership))


def changeable_renewals(membership):
    """Renewals one may move, plan and decide.

    A lead, ops or admin: all they see. A CSM: those owned, or of owned accounts. A
    viewer: none.
    """
    renewals = visible_renewals(membership)
    if membership.role in (Role.LEAD, Role.OPS, Role.ADMIN):
        return renewals
    if membership.role == Role.CSM:
        user = membership.user
        return renewals.filter(Q(owner=user) | Q(account__owner=user))
    return renewals.none()


def may_change(row, membership) -> bool:
    """As `changeable_renewals` for a row of a page, without a query."""
    if membership.role in (Role.LEAD, Role.OPS, Role.ADMIN):
        return True
    owners = (row["owner_id"], row["account__owner_id"])
    return membership.role == Role.CSM and membership.user_id in owners


def board(membership, filters, *, on) -> list[Column]:
    """The pipeline by stage, and what was decided lately.

    Sums are in the workspace's currency, at the rates stated for the day; what has no
    rate stands beside them. Two queries, and two for the rates.
    """
    rates = rates_on(on)
    renewals = narrowed(visible_renewals(membership), filters, membership, on)
    renewals = renewals.filter(
        Q(stage__in=PIPELINE, stopped_at=None)
        | Q(stage__in=(Stage.RENEWED, Stage.LOST), outcomes__decided_on__gt=on - RECENT)
    )
    columns = {s: Column(s) for s in (*PIPELINE, Stage.RENEWED, Stage.LOST)}
    totals = renewals.order_by().values("stage", "currency")
    for total in totals.annotate(count=Count("pk"), sum=Sum("amount")):
        column = columns[total["stage"]]
        column.count += total["count"]
        rate = rates.get(total["currency"])
        if rate is None:
            column.add(total["currency"], total["sum"])
        else:
            column.add(membership.tenant.currency, total["sum"] * rate)
    place = Window(
        RowNumber(), partition_by=F("stage"), order_by=[F("decides_on"), F("pk")]
    )
    cards = renewals.annotate(place=place).filter(place__lte=CARDS)
    for row in cards.order_by("place").values(*COLUMNS):
        columns[row["stage"]].cards.append(row)
    return list(columns.values())


def renewal_page(membership, filters, *, on, sort="", after="", before="") -> Page:
    """A page of the list, in one query. Raises BadCursor."""
    return page_of(
        listed(membership, filters, on=on),
        order_of(sort),
        columns=COLUMNS,
        size=PAGE_SIZE,
        after=after,
        before=before,
    )


def listed(membership, filters, *, on):
    """All the renewals of the list, of every page."""
    renewals = narrowed(visible_renewals(membership), filters, membership, on)
    stage = filters.get("stage")
    if stage in Stage.values:
        return renewals.filter(stage=stage)
    return renewals if stage == "any" else renewals.open()


def order_of(sort: str) -> Order:
    order = SORTABLE.get(sort.removeprefix("-"), SORTABLE["decides_on"])
    return replace(order, descending=sort.startswith("-"))


def narrowed(renewals, filters, membership, on):
    """The renewals that pass the filters by person, day, need and words."""
    renewals = renewals.filter(
        whose(filters.get("whose"), membership),
        _within(filters.get("due"), on),
        within(filters.get("when")),
        needing(filters.get("need"), on=on, zone=membership.tenant.timezone),
    )
    if filters.get("q"):
        renewals = renewals.filter(account__name__icontains=filters["q"])
    return renewals


def whose(chosen, membership):
    """The renewals of a person, a team, or nobody."""
    if chosen == "mine":
        return Q(owner=membership.user)
    if chosen == "team":
        return Q(owner__in=team_of(membership))
    if chosen == "none":
        return Q(owner=None)
    if chosen and chosen.isdecimal():
        return Q(owner=int(chosen))
    return Q()


def _within(due, on):
    if due == "overdue":
        return Q(decides_on__lt=on, stage__in=OPEN_STAGES)
    if due in ("30", "60", "90"):
        return decided_within(int(due), on) & Q(stage__in=OPEN_STAGES)
    return Q()
