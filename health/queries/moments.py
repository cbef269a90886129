"""The instants that days are scored at, and how long usage has been silent then."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from cs_platform.lib import clock
from tenants.models import Tenant
from usage.models import IngestBatch, Source


@dataclass(frozen=True)
class Moment:
    """A day of a tenant and the instant of it that facts are read at.

    For today it is now; for a day that is over, its end. What happened, or was known
    to be paid or solved, only later, does not count.
    """

    tenant: Tenant
    day: date
    at: datetime
    is_today: bool
    # What was found for this moment and is the same for every account.
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


def moment(tenant: Tenant, on: date, *, now: datetime | None = None) -> Moment:
    """The moment at which a day is scored. Raises ValueError for a day to come."""
    now = now or clock.now()
    today = clock.day_of(now, tenant.timezone)
    if on > today:
        raise ValueError(f"{on} is not here yet: today is {today}")
    if on == today:
        return Moment(tenant, on, now, True)
    return Moment(tenant, on, _end_of(on, tenant.timezone), False)


def usage_heard_at(moment: Moment) -> datetime | None:
    """When any source of the tenant was last heard of, as known at that moment.

    None when nobody knows: of a source that spoke later we ask its batches, which are
    kept for a while only; history brought in from a file has none of then.
    """
    if "heard_at" not in moment.kept:
        moment.kept["heard_at"] = _heard_at(moment)
    return moment.kept["heard_at"]


def _heard_at(moment: Moment) -> datetime | None:
    at = moment.at
    silent = Source.objects.filter(last_event_at__lte=at)
    heard = silent.aggregate(at=Max("last_event_at"))["at"]
    if moment.is_today:
        return heard
    before = (
        IngestBatch.objects.filter(
            tenant=OuterRef("tenant"), source=OuterRef("pk"), received_at__lte=at
        )
        .order_by("-received_at")
        .values("received_at")[:1]
    )
    spoke_later = Source.objects.filter(last_event_at__gt=at, created_at__lte=at)
    for received_at in spoke_later.values_list(Subquery(before), flat=True):
        if received_at is None:
            return None
        heard = max(heard or received_at, received_at)
    return heard


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


@lru_cache(maxsize=4096)
def _end_of(day: date, zone: str) -> datetime:
    return clock.end_of(day, zone).astimezone(UTC) - timedelta(microseconds=1)
