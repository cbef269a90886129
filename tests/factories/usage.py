"""Each row stands in the tenant in scope."""

import uuid
from datetime import UTC, datetime

import factory
from django.db import connection

from cs_platform.lib.ids import uuid7
from usage.models import Event, IngestBatch, Source


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    name = factory.Sequence(lambda n: f"Source {n}")
    write_key = factory.Sequence(lambda n: f"c{n:024}")


class IngestBatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IngestBatch

    source = factory.SubFactory(SourceFactory)
    received_at = datetime(2026, 1, 1, tzinfo=UTC)
    accepted = 1
    duplicate = 0
    quarantined = 0


def event(batch, **fields):
    """One stored event of a batch; its partition is made if it is not there."""
    message_key = uuid.uuid4()
    values = {
        "occurred_at": datetime(2026, 1, 1, tzinfo=UTC),
        "message_key": message_key,
        "source_id": batch.source_id,
        "batch_id": batch.pk,
        "received_at": batch.received_at,
        "message_id": str(message_key),
        "kind": "track",
        "name": "Report opened",
        "user_ref": "u-1",
        "anonymous_ref": "",
        "group_ref": "",
        "previous_ref": "",
        "properties": {},
    } | fields
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT usage_make_event_partition(%s)", [values["occurred_at"].date()]
        )
    return Event.objects.create(tenant_id=batch.tenant_id, **values)


def events(*rows):
    """A batch of events to be rolled up; each row is the fields of one event."""
    batch = IngestBatchFactory(id=uuid7(), accepted=len(rows))
    return [event(batch, **row) for row in rows]
