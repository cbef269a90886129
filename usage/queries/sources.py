"""How a source is doing: its tail, rate, lag, duplicates, quarantine, the unexplained."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncHour, TruncMinute
from django.utils.translation import gettext as _
from psycopg2 import sql

from accounts.models import Account
from tenants.scoping import current_tenant_id
from usage import rhythm
from usage.models import (
    NOBODY,
    Cell,
    Flag,
    IngestBatch,
    Quarantine,
    Source,
)
from usage.queries.attribution import USAGE_KINDS, attributed, parameters

TAIL = 50
# Batches in which the newest events are looked for.
NEWEST = 100
MINUTES = 30

_TAIL = """
    SELECT e.occurred_at, e.message_key, e.received_at, e.kind, e.name, e.user_ref,
           e.anonymous_ref, e.group_ref, e.flags
    FROM usage_event e
    WHERE e.tenant_id = %(tenant)s AND e.batch_id = ANY(%(batches)s::uuid[])
    ORDER BY e.received_at DESC, e.occurred_at DESC LIMIT 50
"""


@dataclass(frozen=True)
class Line:
    """One event of the tail: what came, whose it is, what was assumed."""

    received_at: datetime
    occurred_at: datetime
    kind: str
    name: str
    person: str
    account: Account | None
    is_usage: bool
    flags: list

    @property
    def lag(self):
        return self.received_at - self.occurred_at


@dataclass(frozen=True)
class Pulse:
    """The last half hour of a source."""

    rates: list
    accepted: int
    duplicate: int
    quarantined: int
    waiting: int
    set_aside: int
    lag: timedelta | None

    @property
    def per_minute(self):
        """Messages a minute, over the last five."""
        return sum(self.rates[-5:]) / 5

    @property
    def lag_text(self):
        """In the largest unit that says something."""
        if self.lag is None:
            return "–"
        seconds = max(self.lag.total_seconds(), 0)
        if seconds < 120:
            return _("%d s") % seconds
        if seconds < 7200:
            return _("%d min") % (seconds / 60)
        if seconds < 172_800:
            return _("%d h") % (seconds / 3600)
        return _("%d days") % (seconds / 86_400)


def sources():
    """Every source, those in use first."""
    return Source.objects.select_related("created_by").order_by(
        "revoked_at", "name", "pk"
    )


def tail(source: Source) -> list[Line]:
    """The newest events of a source, as they are attributed now."""
    batches = list(
        IngestBatch.objects.filter(source=source, accepted__gt=0)
        .order_by("-received_at")
        .values_list("pk", flat=True)[:NEWEST]
    )
    query = sql.SQL(
        "SELECT received_at, occurred_at, kind, name, person, account_id, flags FROM"
        " ({}) t ORDER BY received_at DESC, occurred_at DESC"
    ).format(attributed(sql.SQL(_TAIL)))
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            parameters(current_tenant_id(), batches=[str(pk) for pk in batches]),
        )
        rows = cursor.fetchall()
    accounts = Account.objects.in_bulk({row[5] for row in rows} - {NOBODY})
    return [
        Line(
            received_at=row[0],
            occurred_at=row[1],
            kind=row[2],
            name=row[3],
            person=row[4],
            account=accounts.get(row[5]),
            is_usage=row[2] in USAGE_KINDS,
            flags=[flag.label for flag in Flag if row[6] & flag],
        )
        for row in rows
    ]


def pulse(source: Source, lines: list[Line], *, now: datetime) -> Pulse:
    """Rates by minute, what became of the messages, and the lag of the tail."""
    since = now - timedelta(minutes=MINUTES)
    batches = IngestBatch.objects.filter(source=source)
    recent = batches.filter(received_at__gt=since)
    by_minute = dict(
        recent.annotate(minute=TruncMinute("received_at"))
        .values_list("minute")
        .annotate(events=Sum("accepted"))
    )
    first = since.replace(second=0, microsecond=0) + timedelta(minutes=1)
    sums = recent.aggregate(
        accepted=Sum("accepted", default=0),
        duplicate=Sum("duplicate", default=0),
        quarantined=Sum("quarantined", default=0),
    )
    pending = batches.filter(rolled_up_at=None)
    lags = sorted(line.lag for line in lines)
    return Pulse(
        rates=[by_minute.get(first + timedelta(minutes=n), 0) for n in range(MINUTES)],
        waiting=pending.filter(set_aside_at=None).count(),
        set_aside=pending.exclude(set_aside_at=None).count(),
        lag=lags[len(lags) // 2] if lags else None,
        **sums,
    )


def rhythm_of(source: Source, last: datetime | None) -> rhythm.Rhythm:
    """How regularly a source sent, in the weeks before a message it sent."""
    if last is None:
        return rhythm.rhythm_of([])
    hours = (
        IngestBatch.objects.filter(
            source=source, received_at__range=(last - rhythm.MEMORY, last)
        )
        .annotate(hour=TruncHour("received_at"))
        .values_list("hour", flat=True)
        .distinct()
        .order_by("hour")
    )
    return rhythm.rhythm_of(list(hours))


def quarantine(source: Source):
    """What could not be taken in and is not settled, newest first."""
    return Quarantine.objects.filter(
        source=source, state=Quarantine.State.OPEN
    ).order_by("-received_at", "-pk")


def unexplained(*, limit=50) -> list:
    """Ids whose events belong to no account yet: ref, events, features, last_on."""
    rows = (
        Cell.objects.filter(account_id=NOBODY)
        .values("ref")
        .annotate(
            total=Sum("events"),
            features=Count("feature_id", distinct=True),
            last_on=Max("day"),
        )
        .order_by("-last_on", "-total", "ref")
    )
    return list(rows[:limit])


def unexplained_total() -> int:
    """How many events belong to no account yet."""
    return Cell.objects.filter(account_id=NOBODY).aggregate(
        total=Sum("events", default=0)
    )["total"]


def set_aside() -> int:
    """How many batches could not be counted and wait for somebody."""
    return IngestBatch.objects.exclude(set_aside_at=None).count()
