"""The instants that days are scored at."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from cs_platform.lib import clock
from tenants.models import Tenant


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


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


@lru_cache(maxsize=4096)
def _end_of(day: date, zone: str) -> datetime:
    return clock.end_of(day, zone).astimezone(UTC) - timedelta(microseconds=1)
