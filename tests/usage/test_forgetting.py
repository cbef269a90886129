from datetime import timedelta

from cs_platform.lib import clock
from cs_platform.lib.ids import uuid7
from tests.factories.usage import IngestBatchFactory, SourceFactory
from usage.models import IngestBatch, Quarantine
from usage.services.forgetting import forget_receipts


def test_old_receipts_go_when_nobody_waits_for_them(in_tenant, settings):
    settings.USAGE_RETENTION_DAYS = 100
    now = clock.now()
    old, young = now - timedelta(days=101), now - timedelta(days=99)
    source = SourceFactory()
    IngestBatchFactory(source=source, received_at=old, rolled_up_at=old)
    waiting = IngestBatchFactory(source=source, received_at=old)
    recent = IngestBatchFactory(source=source, received_at=young, rolled_up_at=young)

    for _hour in range(2):
        forget_receipts(at=now)

    left = set(IngestBatch.objects.values_list("pk", flat=True))
    assert left == {waiting.pk, recent.pk}


def test_what_is_still_in_quarantine_stays(in_tenant, settings):
    settings.USAGE_RETENTION_DAYS = 100
    now = clock.now()
    source = SourceFactory()
    kept = [
        Quarantine.objects.create(
            source=source,
            batch_id=uuid7(),
            received_at=now - timedelta(days=days),
            index=0,
            code="missing_type",
            message="It does not say its type.",
            body="{}",
            key=uuid7(),
            state=state,
        )
        for days, state in [(101, "open"), (99, "discarded"), (101, "replayed")]
    ]

    forget_receipts(at=now)

    left = set(Quarantine.objects.values_list("pk", flat=True))
    assert left == {kept[0].pk, kept[1].pk}
