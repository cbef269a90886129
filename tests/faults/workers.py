"""Real Celery workers on this test's database, in process groups of their own."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

from celery import Celery
from django.conf import settings

from tests import databases
from tests.faults.redis_server import children_of, wait_for


class Workers:
    """Those that run, and the journal of what they began."""

    def __init__(self, redis, directory, **given):
        self.redis = redis
        self.journal = Path(directory) / "journal"
        self.journal.touch()
        self.log = Path(directory) / "workers.log"
        self.given = {"journal": str(self.journal), **given}
        self.running = {}
        self.arguments = {}
        url = redis.url.replace("unix://", "redis+socket://")
        self.sender = Celery(broker=url.replace("?db=", "?virtual_host="))
        self.sender.conf.task_routes = settings.CELERY_TASK_ROUTES

    def start(self, name, arguments=None):
        arguments = arguments or (
            f"worker -n {name}@%h -c 2 --without-gossip --without-mingle"
            " -Q default,ingest,scoring,learning,documents,reminders,messages"
        )
        self.arguments[name] = arguments
        command = [
            sys.executable,
            "-m",
            "celery",
            "-q",
            "-A",
            "tests.faults.worker_app",
        ]
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*command, *arguments.split()],
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    **databases.environment(),
                    "REDIS_URL": self.redis.url,
                    "FAULTS": json.dumps(self.given),
                    "C_FORCE_ROOT": "1",
                    "STATEMENT_TIMEOUT": "60s",
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.running[name]

    def start_scheduler(self):
        """It only tickles: the platform's sweeps, each second."""
        schedule = self.journal.with_name("schedule")
        return self.start("beat", f"beat --pidfile= -s {schedule} --max-interval 1")

    def revive(self):
        """Start again who has ended, as the demo and compose do."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self.start(name, self.arguments[name])

    def send(self, task, **arguments):
        return self.sender.send_task(task, kwargs=arguments).id

    def begun(self):
        """What was begun: (task id, name, arguments, process, when), in that order."""
        lines = self.journal.read_text().splitlines()
        return [json.loads(line) for line in lines]

    def signal_group(self, name, number):
        with suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)

    def kill_group(self, name):
        self.signal_group(name, signal.SIGKILL)
        self.running[name].wait()

    def kill_child(self, name, pid=None):
        """kill -9 of a pool process (this one)."""
        children = wait_for(lambda: children_of(self.running[name]))
        for child in children:
            if pid in (None, child.pid):
                child.kill()
                return

    def stop(self):
        for name, process in self.running.items():
            self.signal_group(name, signal.SIGKILL)
            process.wait()


@contextmanager
def workers_of(redis, directory, **given):
    """`given`: what `worker_app` reads."""
    workers = Workers(redis, directory, **given)
    try:
        yield workers
    finally:
        workers.sender.close()
        workers.stop()
