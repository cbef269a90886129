"""What could not be taken in: tried again, perhaps mended, or given up."""

import json
from itertools import groupby
from operator import attrgetter

from django.db import DataError, transaction

from cs_platform.lib import clock
from tenants.services import record_audit
from usage.decoding import keys, mending, messages, times
from usage.decoding.messages import Sender, row_of
from usage.decoding.refusals import Bad
from usage.models import Quarantine
from usage.services.ingest import UNSTORABLE, Door, store, unstorable


@transaction.atomic
def replay_quarantined(rows, *, by=None, by_key=None, fix=None) -> int:
    """Try quarantined messages again as if they had just been received right.

    `fix` (see `decoding.mending`) is applied to each first. How many are events now:
    what an earlier attempt stored meanwhile counts, and is stored once. Those that are
    still bad stay open, with the new reason. Needs the tenant's scope; safe to repeat.
    """
    replayed = 0
    for source, group in _open_by_source(rows):
        good = _stored(source, _sorted(source, group, fix or {}))
        if good:
            _settle([entry for entry, _ in good], Quarantine.State.REPLAYED, by)
            record_audit(
                "quarantine.replayed",
                source,
                by=by,
                by_key=by_key,
                after={"messages": len(good), "fix": fix},
            )
        replayed += len(good)
    return replayed


@transaction.atomic
def discard_quarantined(rows, *, by=None, by_key=None) -> int:
    """Give up quarantined messages; they stay readable. How many. Safe to repeat."""
    discarded = 0
    for source, group in _open_by_source(rows):
        _settle(group, Quarantine.State.DISCARDED, by)
        record_audit(
            "quarantine.discarded",
            source,
            by=by,
            by_key=by_key,
            after={"messages": len(group)},
        )
        discarded += len(group)
    return discarded


def _open_by_source(rows):
    """The open ones among `rows`, locked, by their source."""
    locked = (
        Quarantine.objects.filter(
            pk__in=[row.pk for row in rows], state=Quarantine.State.OPEN
        )
        .select_related("source")
        .select_for_update(of=["self"])
        .order_by("source_id", "id")
    )
    for source, group in groupby(locked, attrgetter("source")):
        yield source, list(group)


def _sorted(source, entries, fix):
    """Those that have become good, with their rows; the others get the new reason."""
    good, bad = [], []
    for entry in entries:
        try:
            message = mending.mend(entry.body, fix)
            messages.check_size(message)
            good.append((entry, row_of(message, _sender(source, entry))))
        except Bad as reason:
            entry.code, entry.message = reason.code, reason.message
            bad.append(entry)
    Quarantine.objects.bulk_update(bad, ["code", "message"])
    return good


def _stored(source, good):
    """Store them; those the database cannot hold stay open, the others are returned."""
    if not good:
        return []
    rows = {row["k"]: row for _, row in good}
    try:
        with transaction.atomic():
            store(Door.of(source), rows, [], sent=len(rows), at=clock.now())
    except DataError:
        refused = set(unstorable(rows))
        bad = [entry for entry, row in good if row["k"] in refused]
        for entry in bad:
            entry.code, entry.message = UNSTORABLE.code, UNSTORABLE.message
        Quarantine.objects.bulk_update(bad, ["code", "message"])
        return _stored(source, [pair for pair in good if pair[1]["k"] not in refused])
    return good


def _sender(source, entry):
    skew, flag = times.skew_of(entry.received_at, entry.sent_at or None)
    return Sender(
        source=keys.source_prefix(source.pk),
        received=entry.received_at,
        kind=entry.kind or None,
        context=json.loads(entry.context) if entry.context else None,
        skew=skew,
        flag=flag,
    )


def _settle(entries, state, by):
    for entry in entries:
        entry.state, entry.settled_at, entry.settled_by = state, clock.now(), by
    Quarantine.objects.bulk_update(entries, ["state", "settled_at", "settled_by"])
