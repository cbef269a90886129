"""How a team keeps its reviews: coverage, held, who came, what was kept, what it did."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from accounts.models import Account, Tier
from accounts.queries import rates_on
from qbr.models import Side
from qbr.queries.counted import (
    DAY,
    GROUPS,
    PROMISES,
    REVIEWS,
    covered,
    customers,
    decided,
    promises_due,
    reviews_due,
)
from renewals.models import Result


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
    decider: int = 0
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
        return self.decider / self.held if self.held else None

    @property
    def sides(self):
        return [self.kept[side] for side in Side.values]

    def add(self, other):
        for name in ("accounts", "covered", *REVIEWS):
            setattr(self, name, getattr(self, name) + getattr(other, name))
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
    column = GROUPS.get(by, "tier")
    reviews = reviews_due(membership, start=start, end=end)
    promises = promises_due(membership, start=start, end=end, on=on, zone=zone)
    _count_accounts(lines, membership, column, min(on, end - DAY), zone)
    _count_reviews(lines, reviews, column)
    _count_promises(lines, promises, column)
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
    rows, rates = decided(membership, start=start, end=end), rates_on(start)
    return [
        effect(rows.filter(is_reviewed=is_reviewed), is_reviewed, rates)
        for is_reviewed in (True, False)
    ]


def effect(outcomes, is_reviewed: bool, rates) -> Effect:
    """What became of these renewals together. One query."""
    found = Effect(is_reviewed)
    rows = outcomes.order_by().values("result", "renewal__currency")
    for row in rows.annotate(n=Count("pk"), due=Sum("was_amount"), got=Sum("amount")):
        found.decided += row["n"]
        is_renewed = row["result"] == Result.RENEWED
        found.renewed += row["n"] if is_renewed else 0
        rate = rates.get(row["renewal__currency"])
        if rate is not None:
            found.value_due += (row["due"] or 0) * rate
            found.value_renewed += (row["got"] or 0) * rate if is_renewed else 0
    return found


def _line(lines, key) -> Line:
    key = "" if key is None else str(key)
    return lines.setdefault(key, Line(key))


def _count_accounts(lines, membership, column, on, zone):
    rows = customers(membership).order_by().values(column)
    is_covered = covered(on, zone)
    for row in rows.annotate(n=Count("pk"), covered=Count("pk", filter=is_covered)):
        line = _line(lines, row[column])
        line.accounts += row["n"]
        line.covered += row["covered"]


def _count_reviews(lines, reviews, column):
    group = f"account__{column}"
    counts = {name: Count("pk", filter=rule) for name, rule in REVIEWS.items()}
    for row in reviews.order_by().values(group).annotate(**counts):
        line = _line(lines, row[group])
        for name in REVIEWS:
            setattr(line, name, getattr(line, name) + row[name])


def _count_promises(lines, promises, column):
    group = f"account__{column}"
    counts = {f"n_{name}": Count("pk", filter=rule) for name, rule in PROMISES.items()}
    for row in promises.order_by().values(group, "side").annotate(**counts):
        kept = _line(lines, row[group]).kept[row["side"]]
        for name in PROMISES:
            setattr(kept, name, getattr(kept, name) + row[f"n_{name}"])


def _labels(by, lines):
    if by == "owner":
        owners = Account.objects.filter(owner__in=[k for k in lines if k])
        rows = owners.order_by().values_list("owner", "owner__name", "owner__email")
        return {str(pk): name or email for pk, name, email in rows.distinct()}
    if by == "tier" or by not in GROUPS:
        return {tier.value: str(tier.label) for tier in Tier}
    return {}
