"""T-CEL-4: a batch that harms its worker ends after five attempts, and delays nobody."""

import time

import pytest

from tenants.scoping import tenant_scope
from tests.faults import world
from tests.faults.redis_server import wait_for
from tests.faults.workers import workers_of
from usage.models import IngestBatch
from worklist.models import Alert

DELAY = 5  # seconds: how much later anything else may be than without it

END = 90  # seconds: by then the poison has come to its end


@pytest.fixture
def acme(broker):
    """Ten batches of which one will be poison."""
    return world.workspace(world.story(40), size=4)


def rolled_up(tenant):
    with tenant_scope(tenant.pk):
        return IngestBatch.objects.exclude(rolled_up_at=None).count()


def set_aside(tenant):
    with tenant_scope(tenant.pk):
        return IngestBatch.objects.exclude(set_aside_at=None).first()


def lateness_of_another():
    """How long the batch of another workspace waits, from its commit on."""
    other, since = world.workspace(world.story()), time.monotonic()
    wait_for(lambda: rolled_up(other) == 1, every=0.02)
    return time.monotonic() - since


def let_go(tenant):
    with tenant_scope(tenant.pk):
        IngestBatch.objects.update(set_aside_at=None)


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.parametrize("harm", ["exception", "kill", "memory", "loop"])
def test_a_poisonous_batch_ends_after_five_attempts(broker, acme, harm, tmp_path):
    with tenant_scope(acme.pk):
        IngestBatch.objects.update(set_aside_at=world.START)  # until all else is up
        poison = IngestBatch.objects.order_by("pk")[3]
    given = {"poison": str(poison.pk), "harm": harm, "time_limit": 1}
    sweeps = ["usage.sweep_rollups"]

    with workers_of(broker, tmp_path, sweeps=sweeps, **given) as workers:
        workers.start("worker")
        workers.start_scheduler()
        wait_for(workers.begun)
        undisturbed, lateness = lateness_of_another(), []
        let_go(acme)
        end = time.monotonic() + END
        while not (found := set_aside(acme)):
            assert time.monotonic() < end
            lateness.append(lateness_of_another())
        wait_for(lambda: rolled_up(acme) == 9)

    assert (found.pk, found.attempts) == (poison.pk, 5)
    assert max(lateness) < undisturbed + DELAY
    with tenant_scope(acme.pk):
        assert list(Alert.objects.open().values_list("kind", flat=True)) == [
            "usage_set_aside"
        ]
