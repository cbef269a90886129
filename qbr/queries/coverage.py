"""How a team keeps its reviews: coverage, held, who came, what was kept, what it did."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import TruncDate

from accounts.models import Account, Stage, Tier
from accounts.queries import rates_on, visible_accounts
from qbr.models import (
    HELD,
    Attendee,
    Commitment,
    CommitmentState,
    Review,
    Side,
    Status,
)
from qbr.queries.planning import cadences
from renewals.models import Outcome, Result

# An account of a tier without a cadence is covered by a review of the last year.
YEAR = 365
# A renewal decided within so many days of a review counts as reviewed.
DAY = timedelta(days=1)
REACH = timedelta(days=180)
GROUPS = {
    "tier": "account__tier",
    "segment": "account__segment",
    "owner": "account__owner",
}


@dataclass
class Kept:
    """Promises due in the period, by one side."""

    side: str
    due: int = 0
    done: int = 0
    in_time: int = 0

    @property
    def share(self):
        return self.done / self.due if self.due else None


@dataclass
class Line:
    """The figures of one group; a rate over nothing is None."""

    key: str
    label: str = ""
    accounts: int = 0
    covered: int = 0
    planned: int = 0
    held: int = 0
    cancelled: int = 0
    with_decider: int = 0
    kept: dict[str, Kept] = field(
        default_factory=lambda: {side: Kept(side) for side in Side.values}
    )

    @property
    def coverage(self):
        return self.covered / self.accounts if self.accounts else None

    @property
    def held_share(self):
        return self.held / self.planned if self.planned else None

    @property
    def decider_share(self):
        return self.with_decider / self.held if self.held else None

    @property
    def sides(self):
        return [self.kept[side] for side in Side.values]

    def add(self, other):
        for name in ("accounts", "covered", "planned", "held", "cancelled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.with_decider += other.with_decider
        for side, kept in other.kept.items():
            mine = self.kept[side]
            mine.due += kept.due
            mine.done += kept.done
            mine.in_time += kept.in_time


@dataclass
class Effect:
    """Renewals decided in the period, of accounts with a review before it or without."""

    is_reviewed: bool
    decided: int = 0
    renewed: int = 0
    value_due: Decimal = Decimal(0)
    value_renewed: Decimal = Decimal(0)

    @property
    def logo_rate(self):
        return self.renewed / self.decided if self.decided else None

    @property
    def value_rate(self):
        return self.value_renewed / self.value_due if self.value_due else None


def coverage(
    membership, *, start: date, end: date, on: date, by: str, zone: str
) -> list[Line]:
    """By group, and all together last. Seven queries, however many accounts.

    `end` is the day after. Planned are reviews due in the period that were not called
    off; held those of them that were held; the decision maker came to so many of these.
    An account is covered when its last review is not older than its cadence on `on`.
    """
    lines: dict[str, Line] = {}
    group = GROUPS.get(by, GROUPS["tier"])
    accounts = customers(membership)
    _count_accounts(lines, accounts, group, on)
    _count_reviews(lines, accounts, group, start, end)
    # What is still to come is neither kept nor broken.
    _count_promises(lines, accounts, group, start, min(end, on + DAY), zone)
    labels = _labels(by, lines)
    total = Line("", label="")
    for key, line in lines.items():
        line.label = labels.get(key, key)
        total.add(line)
    ordered = sorted(lines.values(), key=lambda line: (-line.accounts, line.label))
    return [*ordered, total]


def effects(membership, *, start: date, end: date) -> list[Effect]:
    """What became of renewals decided in the period, with a review and without.

    Value in the workspace's currency at the rates of the period's first day; what has
    no rate counts in the number alone. Two queries, and two for the rates.
    """
    rates = rates_on(start)
    rows = (
        decided(membership, start=start, end=end)
        .order_by()
        .values("is_reviewed", "result", "renewal__currency")
        .annotate(n=Count("pk"), due=Sum("was_amount"), got=Sum("amount"))
    )
    found = {True: Effect(True), False: Effect(False)}
    for row in rows:
        effect = found[row["is_reviewed"]]
        effect.decided += row["n"]
        is_renewed = row["result"] == Result.RENEWED
        effect.renewed += row["n"] if is_renewed else 0
        rate = rates.get(row["renewal__currency"])
        if rate is not None:
            effect.value_due += (row["due"] or 0) * rate
            effect.value_renewed += (row["got"] or 0) * rate if is_renewed else 0
    return [found[True], found[False]]


def decided(membership, *, start: date, end: date):
    """Outcomes of renewals decided in the period, with `is_reviewed`."""
    before = Review.objects.held().filter(
        tenant=OuterRef("tenant"),
        account=OuterRef("renewal__account"),
        day__lte=OuterRef("decided_on"),
        day__gte=OuterRef("decided_on") - REACH,
    )
    rows = Outcome.objects.filter(
        renewal__account__in=visible_accounts(membership),
        decided_on__gte=start,
        decided_on__lt=end,
    )
    return rows.annotate(is_reviewed=Exists(before))


def customers(membership):
    """Accounts that are to be reviewed: no trials, none that are lost."""
    rows = visible_accounts(membership)
    return rows.exclude(lifecycle_stage__in=(Stage.CHURNED, Stage.TRIAL))


def _line(lines, key) -> Line:
    key = "" if key is None else str(key)
    return lines.setdefault(key, Line(key))


def covered(on: date) -> Q:
    """Of accounts: those whose last review is not older than their cadence."""
    is_covered = Q()
    for tier, days in cadences().items():
        since = on - timedelta(days=days or YEAR)
        held = Review.objects.filter(
            tenant=OuterRef("tenant"),
            account=OuterRef("pk"),
            status__in=HELD,
            day__gt=since,
        )
        is_covered |= Q(tier=tier) & Q(Exists(held))
    return is_covered


def _count_accounts(lines, accounts, group, on):
    is_covered = covered(on)
    column = group.removeprefix("account__")
    rows = accounts.order_by().values(column)
    for row in rows.annotate(n=Count("pk"), covered=Count("pk", filter=is_covered)):
        line = _line(lines, row[column])
        line.accounts += row["n"]
        line.covered += row["covered"]


def _count_reviews(lines, accounts, group, start, end):
    came = Attendee.objects.filter(
        tenant=OuterRef("tenant"),
        review=OuterRef("pk"),
        decides=True,
        attended=True,
    )
    rows = (
        Review.objects.filter(account__in=accounts, due_on__gte=start, due_on__lt=end)
        .annotate(has_decider=Exists(came))
        .order_by()
        .values(group)
        .annotate(
            planned=Count("pk", filter=~Q(status=Status.CANCELLED)),
            held=Count("pk", filter=Q(status__in=HELD)),
            cancelled=Count("pk", filter=Q(status=Status.CANCELLED)),
            with_decider=Count("pk", filter=Q(status__in=HELD, has_decider=True)),
        )
    )
    for row in rows:
        line = _line(lines, row[group])
        for name in ("planned", "held", "cancelled", "with_decider"):
            setattr(line, name, getattr(line, name) + row[name])


def _count_promises(lines, accounts, group, start, end, zone):
    done = Q(state=CommitmentState.DONE)
    rows = (
        Commitment.objects.filter(
            account__in=accounts,
            due_on__gte=start,
            due_on__lt=end,
            review__status__in=HELD,
        )
        .exclude(state=CommitmentState.DROPPED)
        .annotate(done_on=TruncDate("done_at", tzinfo=ZoneInfo(zone)))
        .order_by()
        .values(group, "side")
        .annotate(
            due=Count("pk"),
            done=Count("pk", filter=done),
            in_time=Count("pk", filter=done & Q(done_on__lte=F("due_on"))),
        )
    )
    for row in rows:
        kept = _line(lines, row[group]).kept[row["side"]]
        kept.due += row["due"]
        kept.done += row["done"]
        kept.in_time += row["in_time"]


def _labels(by, lines):
    if by == "owner":
        owners = Account.objects.filter(owner__in=[k for k in lines if k])
        rows = owners.order_by().values_list("owner", "owner__name", "owner__email")
        return {str(pk): name or email for pk, name, email in rows.distinct()}
    if by == "tier" or by not in GROUPS:
        return {tier.value: str(tier.label) for tier in Tier}
    return {}
