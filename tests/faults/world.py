"""Workspaces with usage to be rolled up and scored, and what must come of it."""

import uuid
from datetime import UTC, datetime, timedelta

from accounts.models import Account, Touch
from cs_platform.lib import clock
from health.models import Snapshot
from health.services import recompute
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.factories.usage import SourceFactory
from tests.usage.oracle import Message, Oracle
from tests.usage.rollups import feature_days, store, user_days
from usage.models import IngestBatch
from usage.queries.audit import Differences, differences

START = datetime(2026, 5, 4, 9, tzinfo=UTC)


def story(number=4):
    """Two people of one account use two features."""
    return [
        Message(
            key=uuid.uuid4().hex,
            kind="group" if n < 2 else "track",
            at=START + timedelta(hours=n),
            received=START + timedelta(hours=n),
            user=f"u{n % 2}",
            group="acme" if n < 2 else "",
            name=f"f{n % 3}" if n > 1 else "",
        )
        for n in range(number)
    ]


def workspace(messages, *, size=None):
    """A tenant with these waiting, in batches of `size`."""
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        source, size = SourceFactory(), size or len(messages)
        for first in range(0, len(messages), size):
            store(messages[first : first + size], source=source)
    return tenant


def waiting(tenant):
    """What is still to be done: batches, touches."""
    with tenant_scope(tenant.pk):
        batches = IngestBatch.objects.filter(rolled_up_at=None, set_aside_at=None)
        return batches.count() + Touch.objects.count()


def is_done(tenants):
    return not any(map(waiting, tenants))


def assert_as_if_undisturbed(tenant, messages):
    """Everything counted once, and every score what scoring from the facts gives."""
    oracle = Oracle(messages)
    with tenant_scope(tenant.pk):
        assert feature_days() == oracle.feature_days()
        assert user_days() == oracle.user_days()
        assert differences("UTC") == Differences(0, 0, 0, 0)
        assert IngestBatch.objects.filter(rolled_up_at=None).count() == 0
        today = clock.day_of(clock.now(), "UTC")
        stored = scores(today)
        assert len(stored) == Account.objects.count() == 1
        recompute(list(stored), on=today)
        assert scores(today) == stored


def scores(today):
    rows = Snapshot.objects.filter(day=today)
    return {row.account_id: (row.score, row.band, row.coverage) for row in rows}
