"""Load with a random fault every ten seconds; afterwards nothing may be lost or doubled.

SOAK_SECONDS (3600) says how long, SOAK_SEED repeats a run. Ends by itself; exit code 1
when the audit finds a difference. Everything runs in a directory of its own.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import psutil
import redis

from bench.soak_faults import FAULTS
from bench.stack import KEY, ROOT, manage_output, stack

EVERY = 10  # seconds between two faults
SENDERS = 3
BATCH = 40
ACCOUNTS = 60
# After the last fault everything that waits must be done within this, and a fifth of the
# time that the faults went on: a busy machine may be so far behind by then.
SETTLE = 180
WORKERS = {
    "worker": "-Q default,reminders,messages --concurrency 1",
    "bulk": "-Q ingest,scoring --concurrency 2",
    "maker": "-Q documents --concurrency 1",
    "learner": "-Q learning --concurrency 1",
}


class Journal:
    """What the senders were told, kept on their side."""

    def __init__(self, port):
        self.port = port
        self.acknowledged = set()
        self.statuses = {}
        self.done = threading.Event()
        self.threads = [
            threading.Thread(target=self._send, args=[number], daemon=True)
            for number in range(SENDERS)
        ]

    def _send(self, sender):
        draw, count = random.Random(sender), 0
        while not self.done.is_set():
            ids = [f"soak-{sender}-{count}-{n}" for n in range(BATCH)]
            count += 1
            batch = [_message(one, draw) for one in ids]
            # As a client library does it: the same batch again until it is a 200.
            while not self.done.is_set() and self._try(batch) != 200:
                time.sleep(0.2)
            else:
                if not self.done.is_set():
                    self.acknowledged.update(ids)
            time.sleep(0.05)

    def _try(self, batch):
        status = 0
        with suppress(OSError, http.client.HTTPException):
            status = _post(self.port, {"batch": batch, "writeKey": KEY})
        self.statuses[status] = self.statuses.get(status, 0) + 1
        return status


def _post(port, value):
    return _request(port, "POST", "/v1/batch", value, {})


def _request(port, method, path, value, headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json", **headers}
    try:
        connection.request(method, path, json.dumps(value).encode(), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


class Changes:
    """A program that changes money all the time, and what it was told."""

    def __init__(self, platform):
        self.platform = platform
        self.key = manage_output(
            "create_api_key --tenant bench --name Soak --scopes read,write",
            platform.environment,
        ).strip()
        self.acknowledged = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._change, daemon=True)

    def _change(self):
        number = 0
        while not self.done.is_set():
            number += 1
            # Every amount is a new one, so that each of them is a change.
            amount = f"{100 + number / 100:.2f}"
            # Until it is a 200: the same again changes nothing the second time.
            while self._try(number % ACCOUNTS, amount) != 200:
                time.sleep(0.2)
            self.acknowledged += 1
            self.done.wait(0.3)

    def _try(self, contract, mrr):
        with suppress(OSError, http.client.HTTPException):
            return _request(
                self.platform.port,
                "PATCH",
                f"/api/v1/contracts/contract-{contract}/",
                {"mrr": mrr},
                {"Authorization": f"Bearer {self.key}"},
            )
        return 0


def _message(message_id, draw):
    return {
        "type": "track",
        "event": f"feature {draw.randrange(12)}",
        "userId": f"user-{draw.randrange(400)}",
        "messageId": message_id,
        "context": {"groupId": f"soak-{draw.randrange(ACCOUNTS)}"},
    }


class Workers:
    """Celery workers and two schedulers; whoever died is started again, as any
    supervisor does, until the audit has its figures."""

    def __init__(self, platform):
        self.platform = platform
        self.running = {}
        self.revived = {}
        self.done = threading.Event()
        self.keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self):
        for name, options in WORKERS.items():
            self._start(name, f"worker -n {name}@soak {options} --without-gossip")
        for number in (1, 2):
            schedule = self.platform.var / f"beat-{number}"
            self._start(f"beat-{number}", f"beat --pidfile= -s {schedule}")
        self.keeper.start()

    def _start(self, name, arguments):
        command = [sys.executable, "-m", "celery", "-q", "-A", "cs_platform"]
        with (self.platform.var / "log/workers.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *arguments.split()],
                cwd=ROOT,
                env=self.platform.environment | {"C_FORCE_ROOT": "1"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running[name] = (process, arguments)

    def _keep(self):
        while not self.done.wait(1):
            for name, (process, arguments) in list(self.running.items()):
                if process.poll() is not None:
                    self.revived[name] = self.revived.get(name, 0) + 1
                    self._start(name, arguments)

    def stop(self):
        self.done.set()
        if self.keeper.ident:
            self.keeper.join()
        for process, _ in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def one(self, draw):
        return self.running[draw.choice(list(WORKERS))][0]


def soak(seconds, seed):
    """Run it; returns the equations of the audit: (what, found, wanted)."""
    draw, told = random.Random(seed), {}
    with stack() as platform:
        _audit(platform, "seed", accounts=ACCOUNTS)
        workers, journal = Workers(platform), Journal(platform.port)
        changes = Changes(platform)
        workers.start()
        for thread in [*journal.threads, changes.thread]:
            thread.start()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                time.sleep(min(EVERY, max(0.0, end - time.monotonic())))
                fault = draw.choice(FAULTS)
                # A fault that finds its victim dead already is one, too.
                with suppress(OSError, psutil.Error, redis.RedisError, IndexError):
                    fault(platform, workers, draw)
                told[fault.__name__] = told.get(fault.__name__, 0) + 1
            journal.done.set()
            changes.done.set()
            for thread in [*journal.threads, changes.thread]:
                thread.join(60)
            print(
                f"faults {told}; answers {journal.statuses};"
                f" changes {changes.acknowledged}; revived {workers.revived}",
                flush=True,
            )
            path = platform.var / "journal.json"
            path.write_text(json.dumps(sorted(journal.acknowledged)))
            return _audit(
                platform,
                "audit",
                # What an hour left behind takes longer to count than a minute's.
                patience=seconds,
                journal=str(path),
                changes=changes.acknowledged,
                settle=SETTLE + seconds // 5,
            )
        finally:
            journal.done.set()
            changes.done.set()
            workers.stop()


def _audit(platform, what, *, patience=0, **arguments):
    done = subprocess.run(
        [sys.executable, "-m", "bench.soak_audit", what, json.dumps(arguments)],
        cwd=ROOT,
        env=platform.environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=SETTLE + 120 + 2 * patience,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main():
    seconds = int(os.environ.get("SOAK_SECONDS", "3600"))
    seed = int(os.environ.get("SOAK_SEED", time.time_ns() % 10**9))
    print(f"soak for {seconds} s, SOAK_SEED={seed}", flush=True)
    equations = soak(seconds, seed)
    for what, found, wanted in equations:
        print(
            f"{'ok  ' if found == wanted else 'BAD '} {what}: {found} (wanted {wanted})"
        )
    sys.exit(any(found != wanted for _, found, wanted in equations))


if __name__ == "__main__":
    main()
