"""Counting again from the raw events, for as far back as they are kept."""

from datetime import date, datetime, timedelta
from typing import cast

from django.conf import settings
from django.db import connection
from psycopg2 import sql

from accounts.services import touch
from cs_platform.lib import clock
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from usage.models import Cell, FeatureDay, Ledger, UserDay
from usage.queries.attribution import parameters
from usage.queries.events import rolled_up_between
from usage.services import people
from usage.services.ledger import give_room, locked_ledger, put

# Whole days, so that no row of a rollup is made of two. More days at once would not fit
# into the memory of a statement.
STRETCH = timedelta(days=7)
TIMEOUT = "600s"

_STRANGERS = """
    SELECT g.ref FROM (SELECT DISTINCT group_ref AS ref FROM ({events}) e) g
    WHERE g.ref <> '' AND NOT EXISTS (
        SELECT 1 FROM usage_group k WHERE k.tenant_id = %(tenant)s AND k.ref = g.ref)
"""


def first_whole_day(timezone: str) -> date:
    """The first day of which every event is still kept."""
    kept = timedelta(days=getattr(settings, "USAGE_RETENTION_DAYS", 400))
    return clock.day_of(clock.now() - kept, timezone) + timedelta(days=1)


def recount_tenant(*, since: date | None = None) -> int:
    """Repair: throw away the rollups from a day on and count the raw events again.

    Needs the tenant's scope; waits for a roll-up that is going on. Days before
    `since` (the first day whose events are all kept) stay. Returns the events counted.
    """
    tenant = Tenant.objects.get(pk=current_tenant_id())
    give_room(TIMEOUT)
    ledger = locked_ledger(timezone=tenant.timezone, wait=True)
    # Who waits gets it.
    return recount(cast(Ledger, ledger), timezone=tenant.timezone, since=since)


def recount(ledger: Ledger, *, timezone: str, since: date | None = None) -> int:
    """The same, with the ledger locked already, in days of a time zone."""
    since = max(since or date.min, first_whole_day(timezone))
    concerned = set(
        FeatureDay.objects.filter(day__gte=since)
        .values_list("account_id", flat=True)
        .distinct()
    )
    for model in (Cell, FeatureDay, UserDay):
        model.objects.filter(day__gte=since).delete()
    ledger.timezone = timezone
    ledger.save(update_fields=["timezone"])
    count, accounts = _count_from(since, timezone)
    concerned |= accounts
    if concerned:
        people.mark_last_seen(concerned)
        touch(concerned, reason="usage")
    return count


def _count_from(day: date, zone: str) -> tuple[int, set]:
    first, last = _bounds(clock.start_of(day, zone))
    count, accounts = 0, set()
    day = clock.day_of(first, zone) if first else day
    while first and clock.start_of(day, zone) <= last:
        stretch = {
            "first": clock.start_of(day, zone),
            "last": clock.start_of(day + STRETCH, zone),
        }
        events, touched = put(
            rolled_up_between(), zone=zone, strangers=_strangers(stretch), **stretch
        )
        count += events
        accounts |= set(touched)
        day += STRETCH
    return count, accounts


def _strangers(stretch):
    """Group ids that mean no account (any more): of their events the time matters."""
    query = sql.SQL(_STRANGERS).format(events=rolled_up_between())
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(current_tenant_id(), **stretch))
        return [ref for (ref,) in cursor.fetchall()]


def _bounds(since: datetime):
    """When the first event from an instant on occurred, and the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(occurred_at), max(occurred_at) FROM usage_event"
            " WHERE tenant_id = %s AND occurred_at >= %s",
            [current_tenant_id(), since],
        )
        return cursor.fetchone()
