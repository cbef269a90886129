"""The state of the portfolio today: health, risk, renewals, and each person's part."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Least, TruncMonth

from accounts.models import Band
from health.queries.history import CURRENT
from insights.metrics import Rates, Window, ratio
from insights.metrics.period import month_end, months_before
from insights.queries.portfolio import at_risk
from renewals.models import Renewal, Result
from worklist.models import Task

ZERO = Decimal(0)


@dataclass
class Standing:
    """Accounts, their MRR, and how many of them are in each colour."""

    accounts: int = 0
    mrr: Decimal = ZERO
    bands: dict[str, int] = field(default_factory=dict)
    band_mrr: dict[str, Decimal] = field(default_factory=dict)
    current: int = 0
    risk_accounts: int = 0
    risk_mrr: Decimal = ZERO

    @property
    def coverage(self):
        return ratio(self.current, self.accounts)


@dataclass
class Due:
    """Renewals that came due, and what was renewed of them, in one currency."""

    count: int = 0
    renewed_count: int = 0
    value: Decimal = ZERO
    renewed_value: Decimal = ZERO

    @property
    def rate(self):
        return ratio(self.renewed_value, self.value)

    @property
    def logo_rate(self):
        return ratio(self.renewed_count, self.count)


@dataclass
class Person:
    """One owner's part of the portfolio."""

    owner_id: int | None
    accounts: int = 0
    mrr: Decimal = ZERO
    red: int = 0
    overdue: int = 0
    due: Due = field(default_factory=Due)


def standing(accounts, *, on: date, at: datetime) -> Standing:
    """Of the active accounts given, in two queries."""
    accounts = accounts.current().order_by()
    found = Standing()
    is_current = Q(score__isnull=False, scored_at__gt=at - CURRENT)
    by_band = accounts.values("band").annotate(
        n=Count("pk"), sum=Sum("mrr"), current=Count("pk", filter=is_current)
    )
    for row in by_band:
        found.accounts += row["n"]
        found.mrr += row["sum"]
        found.current += row["current"]
        found.bands[row["band"]] = row["n"]
        found.band_mrr[row["band"]] = row["sum"]
    risk = accounts.filter(at_risk(on)).aggregate(n=Count("pk"), sum=Sum("mrr"))
    found.risk_accounts, found.risk_mrr = risk["n"], risk["sum"] or ZERO
    return found


def coming(renewals, rates: Rates, *, on: date, months: int) -> dict:
    """The yearly value of open renewals by month of their end and stage: {(month, stage): (n, value)}."""
    last = months_before(month_end(on), -(months - 1))
    rows = (
        renewals.open()
        .filter(ends_on__range=(on, last))
        .order_by()
        .annotate(month=TruncMonth("ends_on"))
        .values("month", "stage", "currency")
        .annotate(n=Count("pk"), sum=Sum("amount"))
    )
    found: dict = defaultdict(lambda: (0, ZERO))
    for row in rows:
        n, value = found[row["month"], row["stage"]]
        worth = row["sum"] * (rates.on(row["currency"], on) or ZERO)
        found[row["month"], row["stage"]] = (n + row["n"], value + worth)
    return dict(found)


def came_due(renewals, window: Window):
    """The renewals whose term ended in the window, decided or not."""
    return renewals.filter(
        Q(stopped_at=None) | Q(outcomes__isnull=False),
        ends_on__gt=window.opening,
        ends_on__lte=window.closing,
    )


def renewed_by_owner(renewals, rates: Rates, window: Window) -> dict[int | None, Due]:
    """For each owner of an account, what came due and what of it was renewed.

    Growth of one renewal does not pay for the loss of another: at most the value due
    counts as renewed. One query.
    """
    is_renewed = Q(outcomes__result=Result.RENEWED)
    rows = (
        came_due(renewals, window)
        .order_by()
        .values("account__owner", "currency")
        .annotate(
            n=Count("pk"),
            value=Sum("amount"),
            kept=Count("pk", filter=is_renewed),
            kept_value=Sum(Least("amount", "outcomes__amount"), filter=is_renewed),
        )
    )
    found: dict[int | None, Due] = defaultdict(Due)
    for row in rows:
        rate = rates.on(row["currency"], window.opening) or ZERO
        due = found[row["account__owner"]]
        due.count += row["n"]
        due.renewed_count += row["kept"]
        due.value += row["value"] * rate
        due.renewed_value += (row["kept_value"] or ZERO) * rate
    return found


def people(accounts, dues: dict[int | None, Due], *, on: date) -> list[Person]:
    """Each owner's part, the largest MRR first; accounts without an owner last."""
    found: dict[int | None, Person] = {}
    rows = accounts.current().order_by().values("owner_id")
    for row in rows.annotate(
        n=Count("pk"), sum=Sum("mrr"), red=Count("pk", filter=Q(band=Band.RED))
    ):
        person = found.setdefault(row["owner_id"], Person(row["owner_id"]))
        person.accounts, person.mrr, person.red = row["n"], row["sum"], row["red"]
    overdue = Task.objects.overdue(on).filter(owner__in=[pk for pk in found if pk])
    for row in overdue.order_by().values("owner_id").annotate(n=Count("pk")):
        found[row["owner_id"]].overdue = row["n"]
    for owner_id, person in found.items():
        person.due = dues.get(owner_id, person.due)
    return sorted(found.values(), key=lambda p: (p.owner_id is None, -p.mrr))


def total(dues) -> Due:
    dues = list(dues)
    return Due(
        count=sum(due.count for due in dues),
        renewed_count=sum(due.renewed_count for due in dues),
        value=sum((due.value for due in dues), ZERO),
        renewed_value=sum((due.renewed_value for due in dues), ZERO),
    )


def renewals_of(accounts):
    """The renewals of accounts, archived ones too: their past counts."""
    return Renewal.objects.filter(account__in=accounts)
