"""Workers die anywhere; what is stored ends as if none had."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from accounts.models import Account, Touch
from accounts.services import touch
from cs_platform.lib import clock
from health import services
from health.models import Night, Snapshot
from tenants.scoping import tenant_scope
from tests import databases
from tests.factories.health import ResponseFactory
from tests.factories.tenants import TenantFactory
from tests.health import world

KILLS = 20
# Has Django loaded, and forks a worker for each line it reads: a worker goes in small
# slices, each a transaction, until nothing is left. Says how each worker ended.
NURSERY = """
import os, sys, django
django.setup()
from health import services

def work(tenant, job):
    while job(tenant, limit=3):
        pass

tenant, job = int(sys.argv[1]), getattr(services, sys.argv[2])
for line in iter(sys.stdin.readline, ''):
    pids = []
    for _ in range(int(line)):
        pids.append(os.fork())
        if pids[-1] == 0:
            work(tenant, job)
            os._exit(0)
    print(*pids, flush=True)
    sys.stdin.readline()  # not waited for before: their pids stay theirs
    print(*(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in pids), flush=True)
"""


@contextmanager
def nursery(tenant, job):
    """Gives a function that starts so many workers, lets `act` see their pids, and
    returns how they ended."""
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(tenant.pk), job],
        env=os.environ | databases.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def run(workers, act=None):
            print(workers, file=process.stdin, flush=True)
            pids = [int(pid) for pid in process.stdout.readline().split()]
            if act:
                act(pids)
            print(file=process.stdin, flush=True)
            return [int(code) for code in process.stdout.readline().split()]

        yield run
        process.stdin.close()


def kill_pairs(run, disturb):
    """Two workers at once, both killed in the middle, until enough were."""
    dice = random.Random(7)
    died = 0

    while died < KILLS:
        disturb(dice)
        died += run(2, lambda pids: kill_soon(dice, pids)).count(-signal.SIGKILL)


def kill_soon(dice, pids):
    for pid in pids:
        time.sleep(dice.random() * 0.12)
        os.kill(pid, signal.SIGKILL)


def stored(today):
    """The scores of a day, without the instants at which they were made."""
    return {
        row.account_id: (
            row.score,
            row.band,
            row.change_7d,
            [{**measure, "as_of": None, "age": None} for measure in row.measures],
        )
        for row in Snapshot.objects.filter(day=today)
    }


def copies():
    return {
        row.pk: (row.score, row.band, row.score_change_7d)
        for row in Account.objects.all()
    }


def assert_as_if_undisturbed(today):
    """What is stored equals what scoring everything again from its facts gives."""
    found, copied = stored(today), copies()
    services.recompute(list(copied), on=today)
    assert found == stored(today)
    assert copied == copies()


@pytest.mark.slow
@pytest.mark.fault
def test_killed_while_scoring_touched_accounts(committed):
    tenant = TenantFactory()
    today = clock.now().date()
    with tenant_scope(tenant.pk):
        accounts = world.fill(1, accounts=40, on=today)

    def disturb(dice):
        with tenant_scope(tenant.pk):
            some = dice.sample(accounts, 30)
            for account in some:
                ResponseFactory(
                    account=account,
                    score=dice.randint(0, 10),
                    answered_at=clock.now(),
                )
            touch([account.pk for account in some], reason="answer")

    with tenant_scope(tenant.pk):
        touch([account.pk for account in accounts], reason="usage")
    with nursery(tenant, "take_touched_turn") as run:
        kill_pairs(run, disturb)
        assert run(1) == [0]

    with tenant_scope(tenant.pk):
        assert Touch.objects.count() == 0
        assert len(stored(today)) == 40
        assert_as_if_undisturbed(today)


@pytest.mark.slow
@pytest.mark.fault
def test_killed_in_the_middle_of_the_night(committed):
    tenant = TenantFactory()
    today = clock.now().date()
    with tenant_scope(tenant.pk):
        world.fill(2, accounts=40, on=today)
        services.open_nights()

    def disturb(dice):
        with tenant_scope(tenant.pk):  # a night that is done begins anew
            Night.objects.filter(finished_at__isnull=False).update(
                finished_at=None, reached=None, accounts=0
            )

    with nursery(tenant, "take_night_turn") as run:
        kill_pairs(run, disturb)
        assert run(1) == [0]
    with nursery(tenant, "take_touched_turn") as run:
        assert run(1) == [0]

    with tenant_scope(tenant.pk):
        night = Night.objects.get()
        assert night.finished_at is not None
        assert len(stored(today)) == 40
        assert_as_if_undisturbed(today)
