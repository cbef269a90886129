"""The roll-up: claims batches, counts their events once, in one transaction."""

from dataclasses import dataclass, field

from django.db.models import Q

from accounts.services import touch
from cs_platform.lib import clock
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from usage.models import IngestBatch, Source
from usage.queries.events import claimed_usage, rolled_up_of
from usage.services import discovery, identities, people
from usage.services.feeding import by_source, note_fed
from usage.services.ledger import add, give_room, locked_ledger, take
from usage.services.presence import settle
from usage.services.recounting import first_whole_day, recount
from usage.services.survey import survey

# Small batches come in great numbers: a claim costs the same for one as for a thousand.
BATCHES = 1000
EVENTS = 50_000
# A claim is larger than a page: it may take longer.
TIMEOUT = "120s"


@dataclass(frozen=True)
class Rolled:
    """What a claim did."""

    batches: int = 0
    events: int = 0
    accounts: frozenset = field(default_factory=frozenset)
    is_busy: bool = False


def roll_up(*, batches=None, wait=False) -> Rolled:
    """Count the events of waiting batches (these, or the oldest) in the rollups, once.

    Needs the tenant's scope, which is the transaction: attribution, cells, rollups,
    touches and the mark on the batches commit together, so that a crash anywhere
    leaves nothing half done. One worker at a time for a tenant: `is_busy` when another
    one is at it. Raises what the database raises; then nothing happened.
    """
    tenant = Tenant.objects.get(pk=current_tenant_id())
    give_room(TIMEOUT)
    ledger = locked_ledger(timezone=tenant.timezone, wait=wait)
    if ledger is None:
        return Rolled(is_busy=True)
    if ledger.timezone != tenant.timezone:
        recount(ledger, timezone=tenant.timezone)
    claimed = _claim(batches)
    if not claimed:
        return Rolled()
    return _count(claimed, tenant.timezone)


def _claim(ids):
    """The waiting batches (these, or all), oldest first."""
    waiting = IngestBatch.objects.filter(rolled_up_at=None, set_aside_at=None)
    if ids is not None:
        waiting = waiting.filter(pk__in=ids)
    return one_go(waiting.order_by("pk").select_for_update(skip_locked=True)[:BATCHES])


def one_go(batches):
    """The first of these, up to as many events as one go should have."""
    taken, events = [], 0
    for batch in batches:
        events += batch.accepted
        if taken and events > EVENTS:
            break
        taken.append(batch)
    return taken


def _count(batches, zone):
    found = _messages(batches)
    count, accounts, unsettled = (
        _attribute(found, batches, zone) if found else (0, [], set())
    )
    now = clock.now()
    _mark_sources(batches)
    IngestBatch.objects.filter(pk__in=[batch.pk for batch in batches]).update(
        rolled_up_at=now, error=""
    )
    settle(unsettled, zone=zone, whole_since=first_whole_day(zone))
    touched = frozenset(accounts)
    if touched:
        touch(touched, reason="usage")
        people.mark_last_seen(touched)
    return Rolled(len(batches), count, touched)


def _messages(batches):
    """What the batches hold; None when their events have been dropped by age."""
    return survey([str(batch.pk) for batch in batches])


def _attribute(found, batches, zone):
    """How many events, whose accounts, and the days of people to be settled."""
    claim = found.claim
    discovery.discover_features(found.features)
    discovery.discover_accounts(found.groups)
    if not found.tells_who:
        return *_add_claimed(claim, batches, zone), set()
    discovery.name_accounts(claim)
    discovery.describe_people(claim)
    planned = identities.plan(claim)
    late, given = rolled_up_of(planned.since) if planned.since else (None, {})
    accounts, left = take(late, zone=zone, **given) if late else ([], set())
    identities.write_down(planned, claim)
    counted_again, parted = people.count_again(planned)
    moved = add(late, zone=zone, **given)[1] if late else []
    count, fresh = _add_claimed(claim, batches, zone)
    return count, accounts + counted_again + moved + fresh, left | parted


def _add_claimed(claim, batches, zone):
    """Source by source, so that we know which of them feed an account."""
    count, accounts = 0, []
    for source_id, own in by_source(batches).items():
        ids = [str(batch.pk) for batch in own]
        events, fed = add(claimed_usage(), zone=zone, **claim | {"batches": ids})
        newest = max(batch.received_at for batch in own)
        note_fed(fed, source_id=source_id, on=clock.day_of(newest, zone))
        count += events
        accounts += fed
    return count, accounts


def _mark_sources(batches):
    latest = {}
    for batch in batches:
        before = latest.get(batch.source_id, batch.received_at)
        latest[batch.source_id] = max(before, batch.received_at)
    for pk, at in sorted(latest.items()):
        Source.objects.filter(pk=pk).filter(
            Q(last_event_at=None) | Q(last_event_at__lt=at)
        ).update(last_event_at=at)
