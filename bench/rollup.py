"""The roll-up of sparse events against loading the same events, in the same run.

10,000 accounts, 30 features, up to 20 people each: hardly two events share a cell, which
is the dear case. Beside each ratio stands the aim for the limit.
"""

import io
import json
import os
import random
import statistics
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta

from bench.stack import stack

ACCOUNTS, FEATURES, PEOPLE = 10_000, 30, 20
BASE = int(os.environ.get("BENCH_BASE", "400000"))
BATCH, ROUNDS, PER_REQUEST = 50_000, 3, 500
COLUMNS = (
    "tenant_id, occurred_at, received_at, message_key, source_id, batch_id, flags, kind,"
    " message_id, name, user_ref, anonymous_ref, group_ref, previous_ref, properties"
)
SCAN = (
    "SELECT count(*), max(occurred_at), max(name), max(user_ref), max(group_ref)"
    " FROM usage_event"
)


def main():
    rows = run()
    width = max(len(name) for name, _, _ in rows)
    for name, measured, target in rows:
        print(f"{name:<{width}}  {measured:10.3f}  {target}")


def run():
    """Rows of (gate, measured, target)."""
    dice = random.Random(7)
    with stack(web_processes=1) as platform:
        _bring(platform, dice, BASE, days=90)
        _ask(platform, "roll_up")
        platform.ask("SELECT 1")
        copies, counts = [], []
        for _ in range(ROUNDS):
            copies.append(BATCH / _bring(platform, dice, BATCH, days=0.45))
            counts.append(BATCH / _ask(platform, "roll_up"))
        scan = statistics.median(_scan(platform) for _ in range(3))
        recount = _ask(platform, "recount")
        wrong = _ask(platform, "differences")
    copy, count = statistics.median(copies), statistics.median(counts)
    print(f"COPY, 1 connection: {copy:,.0f} rows/s; roll-up: {count:,.0f} events/s")
    print(f"scan of all events {scan:.2f} s, counting them again {recount:.1f} s")
    return [
        ("sparse roll-up, all rollups exact / COPY by 1", count / copy, ">= 0.35"),
        (
            "counting again, exact people / scan",
            recount / scan,
            "<= 22 (2 connections)",
        ),
        ("wrong rows afterwards", wrong, "<= 0"),
    ]


def _bring(platform, dice, number, *, days):
    """COPY events and their receipts in; the seconds the events took."""
    now = datetime.now(UTC)
    months = {(now - timedelta(days=n)).date().replace(day=1) for n in range(100)}
    for month in sorted(months):
        platform.ask(f"SELECT usage_make_event_partition('{month}')")
    lines, receipts = [], []
    for first in range(0, number, PER_REQUEST):
        batch = _uuid7(first)
        receipts.append(batch)
        for _ in range(PER_REQUEST):
            late = 7 if days < 1 and dice.random() < 0.05 else days
            at = now - timedelta(days=dice.random() * late)
            account = dice.randrange(ACCOUNTS)
            lines.append(
                f"{platform.tenant_id}\t{at.isoformat()}\t{now.isoformat()}\t"
                f"{uuid.UUID(int=dice.getrandbits(128))}\t{platform.source_id}\t{batch}"
                f"\t0\ttrack\tm\tfeature {dice.randrange(FEATURES)}\t"
                f"u{account}-{dice.randrange(PEOPLE)}\t\taccount-{account}\t\t{{}}\n"
            )
    connection = platform.connect()
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.copy_expert(
            f"COPY usage_event ({COLUMNS}) FROM STDIN",
            io.StringIO("".join(lines)),
            2**18,
        )
        seconds = time.perf_counter() - begun
        for batch in receipts:
            cursor.execute(
                "INSERT INTO usage_ingestbatch (id, tenant_id, created_at, source_id,"
                " received_at, accepted, duplicate, quarantined)"
                " VALUES (%s, %s, now(), %s, now(), %s, 0, 0)",
                [str(batch), platform.tenant_id, platform.source_id, PER_REQUEST],
            )
    connection.close()
    return seconds


def _uuid7(number):
    milliseconds = time.time_ns() // 1_000_000 + number
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | 0x8 << 60 | number)


def _scan(platform):
    begun = time.perf_counter()
    platform.ask(SCAN)
    return time.perf_counter() - begun


def _ask(platform, what):
    """Run one of `WORK` in a process of the platform's own; the number it prints."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.rollup", what, str(platform.tenant_id)],
        env=os.environ | platform.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout.splitlines()[-1])


def _work(what, tenant_id):
    import django  # noqa: PLC0415 (only the process that works knows the platform)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_platform.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415

    from tenants.scoping import tenant_scope  # noqa: PLC0415
    from usage.queries.audit import differences  # noqa: PLC0415
    from usage.services.recounting import recount_tenant  # noqa: PLC0415
    from usage.services.running import roll_up_tenant  # noqa: PLC0415

    connection.ensure_connection()
    begun = time.perf_counter()
    if what == "roll_up":
        roll_up_tenant(tenant_id, wait=True)
    elif what == "recount":
        with tenant_scope(tenant_id):
            recount_tenant()
    else:
        with tenant_scope(tenant_id):
            found = differences("UTC")
        return found.cells + found.feature_days + found.user_days
    return time.perf_counter() - begun


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_work(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
