"""T-CEL-1: workers are killed and frozen in the middle; nothing is lost or doubled.

FAULTS_KILLS (3) says how often, beside one of each kind that surely hits a task.
"""

import os
import random
import signal
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connections

from tests import databases
from tests.faults import world
from tests.faults.redis_server import children_of, wait_for
from tests.faults.workers import workers_of

KILLS = int(os.environ.get("FAULTS_KILLS", "3"))
TENANTS = 100
# Roll-ups wait in their last statement while somebody holds this.
LOCKED = "accounts_touch"
WAITERS = """
    SELECT count(DISTINCT pid) FROM pg_locks
    WHERE NOT granted AND relation = %s::regclass
"""


@contextmanager
def held_in_the_middle(number):
    """So many tasks are in the middle of their transaction, and stay there."""
    holder = psycopg2.connect(databases.database_url("owner"))
    holder.cursor().execute(f"LOCK TABLE {LOCKED} IN ACCESS EXCLUSIVE MODE")
    wait_for(lambda: waiters() == number)
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


def waiters():
    with connections["owner"].cursor() as cursor:
        cursor.execute(WAITERS, [LOCKED])
        return cursor.fetchone()[0]


@pytest.mark.slow
@pytest.mark.fault
def test_200_tasks_survive_the_death_of_their_workers(broker, tmp_path):
    messages, draw = world.story(), random.Random(5)
    tenants = [world.workspace(messages) for _ in range(TENANTS)]
    transport = {"visibility_timeout": 4, "unacked_restore_throttle": 1}
    sweeps = ["usage.sweep_rollups", "health.sweep_touches"]

    with workers_of(broker, tmp_path, transport=transport, sweeps=sweeps) as workers:
        for tenant in tenants:
            workers.send("usage.roll_up_tenant", tenant_id=tenant.pk)
        workers.start("one")
        with held_in_the_middle(2):
            workers.kill_child("one")
            wait_for(lambda: len(children_of(workers.running["one"])) == 2)
        with held_in_the_middle(2):
            workers.kill_group("one")
        workers.start("one")
        with held_in_the_middle(2):
            frozen = len(workers.begun())
            workers.signal_group("one", signal.SIGSTOP)
        workers.start("two")
        # Also what the frozen ones hold is begun again, once the broker loses patience.
        wait_for(lambda: begun_twice(workers, since=frozen))
        workers.signal_group("one", signal.SIGCONT)
        workers.start_scheduler()
        for _ in range(KILLS):
            before = len(workers.begun())
            wait_for(
                lambda n=before: len(workers.begun()) > n or world.is_done(tenants)
            )
            workers.kill_child(draw.choice(["one", "two"]))
        wait_for(lambda: world.is_done(tenants), seconds=180, every=0.5)
        names = {begun[1] for begun in workers.begun()}

    assert {"usage.roll_up_tenant", "health.score_touched"} <= names
    for tenant in tenants:
        world.assert_as_if_undisturbed(tenant, messages)


def begun_twice(workers, *, since):
    """Whether the two tasks that froze were begun again by others."""
    begun = [line[0] for line in workers.begun()]
    held = begun[since - 2 : since]
    return set(held) <= set(begun[since:])
