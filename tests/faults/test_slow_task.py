"""T-CEL-2: a task longer than the broker's patience runs again, to the same effect."""

import psycopg2
import pytest

from tests import databases
from tests.faults import world
from tests.faults.redis_server import wait_for
from tests.faults.workers import workers_of

PATIENCE = 4  # seconds: the visibility timeout, a third of what the task takes


@pytest.mark.slow
@pytest.mark.fault
def test_a_task_that_runs_three_times_has_its_effects_once(broker, tmp_path):
    messages = world.story(12)
    acme = world.workspace(messages, size=4)
    transport = {"visibility_timeout": PATIENCE, "unacked_restore_throttle": 1}
    holder = psycopg2.connect(databases.database_url("owner"))
    sweeps = ["health.sweep_touches"]

    with workers_of(broker, tmp_path, transport=transport, sweeps=sweeps) as workers:
        # What each run needs first: all of them wait, and then go on at once.
        holder.cursor().execute("LOCK TABLE usage_ledger IN ACCESS EXCLUSIVE MODE")
        workers.start("one")
        workers.start("two")
        task = workers.send("usage.roll_up_tenant", tenant_id=acme.pk)
        wait_for(lambda: runs_of(task, workers) >= 3)
        holder.rollback()
        holder.close()
        workers.start_scheduler()  # scores what the roll-ups touch, whenever they do
        wait_for(lambda: world.is_done([acme]))

    world.assert_as_if_undisturbed(acme, messages)


def runs_of(task, workers):
    return [begun[0] for begun in workers.begun()].count(task)
