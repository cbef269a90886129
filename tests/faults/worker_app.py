"""The platform's Celery app, as the workers of the fault tests run it.

What they need beyond it comes by FAULTS_* variables, which only this module reads: a
journal of what was begun, other limits of time, and a batch that harms its worker.
"""

import json
import os
import resource
import signal
import time
from pathlib import Path

from celery.signals import task_prerun, worker_process_init

from cs_platform.celery import app

GIVEN = json.loads(os.environ["FAULTS"])

app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "unacked_restore_interval": 1,
    **GIVEN.get("transport", {}),
}
app.conf.task_time_limit = GIVEN.get("time_limit", 60)
app.conf.task_soft_time_limit = None
# The sweeps of the platform, sooner.
app.conf.beat_schedule = {
    name: {**entry, "schedule": 1}
    for name, entry in app.conf.beat_schedule.items()
    if entry["task"] in GIVEN.get("sweeps", [])
}


@task_prerun.connect
def write_down(task_id, task, kwargs, **_):
    """One line for each beginning, whole even when two write at once."""
    line = json.dumps([task_id, task.name, kwargs, os.getpid(), time.time()])
    with Path(GIVEN["journal"]).open("a") as file:
        file.write(line + "\n")


@worker_process_init.connect
def poison(**_):
    from usage.services import rolling  # noqa: PLC0415 (Django is set up by now)

    whole = rolling._messages

    def messages(batches):
        if GIVEN.get("poison") in {str(batch.pk) for batch in batches}:
            HARMS[GIVEN["harm"]]()
        return whole(batches)

    rolling._messages = messages


def fail():
    raise ValueError("poison")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def eat_all_memory():
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + (1 << 27)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    eaten = []
    while True:
        eaten.append(bytearray(1 << 24))


def never_end():
    while True:
        pass


HARMS = {
    "exception": fail,
    "kill": die,
    "memory": eat_all_memory,
    "loop": never_end,
}
