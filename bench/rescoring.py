"""What `bench.scoring` measures, inside a process that has Django."""

import json
import os
import resource
import statistics
import time

import psycopg2
from django.conf import settings
from django.db import connection, connections

from accounts.models import Account
from bench import one_by_one
from cs_platform.lib import clock
from health.models import CardRule
from health.services import recompute
from health.services.recompute import SLICE
from tenants.models import Tenant
from tenants.scoping import tenant_scope

ACCOUNTS = int(os.environ.get("BENCH_ACCOUNTS", "10000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
LOOPED = 200  # accounts scored by the slow loop
OFTEN = 15
INPUTS = {
    "usage_featureday": "sum(events), max(day)",
    "usage_userday": "sum(events), max(day)",
    "accounts_contract": "sum(seats), max(ends_on)",
    "accounts_ticket": "count(severity), max(opened_at)",
    "nps_response": "sum(score), max(answered_at)",
    "accounts_invoice": "max(due_on), max(paid_on)",
}


def run():
    tenant = Tenant.objects.get()
    _fill(tenant.pk, ACCOUNTS)
    today = clock.now().date()
    with tenant_scope(tenant.pk):
        ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    _all(tenant.pk, today, ids)  # the first time makes the rows
    _as_superuser(PAST, {"tenant": tenant.pk})
    found = [_round(tenant.pk, today, ids) for _ in range(ROUNDS)]
    middle = {name: statistics.median(one[name] for one in found) for name in found[0]}
    _as_superuser(NEW_DAY, {"tenant": tenant.pk, "today": today})
    middle["all, on a new day"] = _timed(_all, tenant.pk, today, ids)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tenant_scope(tenant.pk):
        loop = LOOPED / _timed(one_by_one.score_all, ids[:LOOPED], today)
        CardRule.objects.create(position=1, card="Weighted")
    middle["all by Weighted, 14 measures"] = _timed(_all, tenant.pk, today, ids)
    rate = len(ids) / middle["all, 1 connection"]
    print(json.dumps(_gates(middle, rate, loop, memory)))


def _gates(middle, rate, loop, memory):
    for name, seconds in middle.items():
        print(f"{name:<44} {seconds * 1000:12,.1f} ms")
    print(f"{f'{ACCOUNTS:,} accounts, 1 connection':<44} {rate:12,.0f} /s")
    print(f"{'one by one with the ORM':<44} {loop:12,.0f} /s")
    scan = middle["scan of the inputs"]
    return [
        ("all, 1 connection / scan", middle["all, 1 connection"] / scan, "<= 6"),
        ("all, 2 connections / scan", middle["all, 2 connections"] / scan, "<= 3.5"),
        ("all, on a new day / scan", middle["all, on a new day"] / scan, "<= 6"),
        (
            "100 changed accounts / 1",
            middle["100 accounts"] / middle["1 account"],
            "<= 3",
        ),
        (
            "all by Weighted / scan",
            middle["all by Weighted, 14 measures"] / scan,
            "<= 12",
        ),
        (
            "1 % of the accounts / all of them",
            middle["1 % of the accounts"] / middle["all, 1 connection"],
            "<= 0.03",
        ),
        ("set / one by one, accounts/s", rate / loop, ">= 100"),
        ("memory of the worker, MB", memory, "<= 300"),
    ]


def _round(tenant, today, ids):
    half = len(ids) // 2
    return {
        "scan of the inputs": _timed(_scan, tenant),
        "all, 1 connection": _timed(_all, tenant, today, ids),
        "all, 2 connections": _timed(_halves, tenant, today, [ids[:half], ids[half:]]),
        "1 % of the accounts": _timed(_all, tenant, today, ids[::100]),
        "100 accounts": _often(_all, tenant, today, ids[:100]),
        "1 account": _often(_all, tenant, today, ids[:1]),
    }


def _timed(work, *arguments):
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun


def _often(work, *arguments):
    return statistics.median(_timed(work, *arguments) for _ in range(OFTEN))


def _all(tenant, today, ids):
    for first in range(0, len(ids), SLICE):
        with tenant_scope(tenant):
            recompute(ids[first : first + SLICE], on=today)


def _halves(tenant, today, halves):
    """Two processes, as two workers are."""
    connections.close_all()
    children = []
    for ids in halves:
        children.append(os.fork())
        if children[-1] == 0:
            _all(tenant, today, ids)
            os._exit(0)
    for child in children:
        os.waitpid(child, 0)


def _scan(tenant):
    """By one process: several would hide what the machine has to do."""
    with tenant_scope(tenant), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather TO 0")
        for table, columns in INPUTS.items():
            cursor.execute(
                f"SELECT {columns} FROM {table} WHERE tenant_id = %s", [tenant]
            )
            cursor.fetchall()


def _fill(tenant, accounts):
    """Ninety days of use and a year of the rest, written as the superuser."""
    _as_superuser(FILL, {"tenant": tenant, "accounts": accounts})


def _as_superuser(statements, given):
    superuser = psycopg2.connect(settings.EMBEDDED_SUPERUSER, dbname="cs_platform")
    superuser.autocommit = True
    with superuser.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, given)
    superuser.close()


# The days that a score is compared with.
PAST = [
    """INSERT INTO health_snapshot (tenant_id, account_id, day, score, computed, band,
         coverage, noise_7d, noise_28d, direction, measures, limits, scorecard_id,
         computed_at)
       SELECT tenant_id, account_id, day - n, score, computed, band, coverage, 5, 8,
         'unknown', measures, limits, scorecard_id, computed_at
       FROM health_snapshot, unnest(ARRAY[1, 7, 28]) n WHERE tenant_id = %(tenant)s""",
    "VACUUM ANALYZE health_snapshot",
]
# As the night finds it: what scoring again replaces is not there yet.
NEW_DAY = [
    """DELETE FROM health_snapshot
       WHERE tenant_id = %(tenant)s AND day = %(today)s""",
    "VACUUM ANALYZE health_snapshot",
]
# On seven of ten days two features and three people of an account.
FILL = [
    """INSERT INTO accounts_account (id, tenant_id, created_at, updated_at, external_id,
         name, domain, lifecycle_stage, tier, segment, industry, country, language,
         custom, is_discovered, band, mrr)
       SELECT gen_random_uuid(), %(tenant)s, now(), now(), 'a' || n, 'Account ' || n, '',
         'adoption', 'mid', '', '', '', '', '{}', false, 'unknown', 0
       FROM generate_series(1, %(accounts)s) n""",
    """INSERT INTO usage_feature (id, tenant_id, created_at, name, label, is_key,
         is_hidden)
       SELECT gen_random_uuid(), %(tenant)s, now(), 'f' || n, '', false, false
       FROM generate_series(1, 2) n""",
    """INSERT INTO usage_featureday (tenant_id, account_id, day, feature_id, events,
         users)
       SELECT %(tenant)s, a.id, d::date, f.id, 3, 2
       FROM accounts_account a, usage_feature f,
         generate_series(current_date - 89, current_date, '1 day') d
       WHERE random() < 0.7 ORDER BY 2, 3, 4""",
    """INSERT INTO usage_userday (tenant_id, account_id, day, user_ref, events)
       SELECT DISTINCT ON (a.id, d, u) %(tenant)s, a.id, d::date,
         'user-' || (random() * 10)::int AS u, 2
       FROM accounts_account a, generate_series(1, 3),
         generate_series(current_date - 89, current_date, '1 day') d
       WHERE random() < 0.7 ORDER BY 2, d, u""",
    """INSERT INTO accounts_contract (id, tenant_id, created_at, updated_at, external_id,
         account_id, plan, starts_on, ends_on, mrr, currency, seats, auto_renew,
         notice_days)
       SELECT gen_random_uuid(), %(tenant)s, now(), now(), external_id, id, '',
         current_date - 200, current_date + 165, 100, 'USD', 15, false, 0
       FROM accounts_account""",
    """INSERT INTO accounts_invoice (id, tenant_id, created_at, updated_at, external_id,
         account_id, amount, currency, issued_on, due_on, paid_on)
       SELECT gen_random_uuid(), %(tenant)s, now(), now(), external_id || '-' || n, id,
         100, 'USD', current_date - 30 * n, current_date - 30 * n + 14,
         current_date - 30 * n + (random() * 16)::int
       FROM accounts_account, generate_series(1, 12) n""",
    """INSERT INTO accounts_ticket (id, tenant_id, created_at, updated_at, external_id,
         account_id, subject, severity, status, opened_at, solved_at)
       SELECT gen_random_uuid(), %(tenant)s, now(), now(), external_id || '-' || n, id,
         '?', (ARRAY['critical', 'normal'])[1 + (random())::int], 'solved',
         now() - n * interval '9 days', now() - n * interval '8 days'
       FROM accounts_account, generate_series(1, 6) n""",
    """INSERT INTO nps_response (id, tenant_id, created_at, external_id, account_id, kind,
         score, comment, answered_at)
       SELECT gen_random_uuid(), %(tenant)s, now(), external_id || '-' || n, id, 'nps',
         (random() * 10)::int, '', now() - n * interval '60 days'
       FROM accounts_account, generate_series(1, 2) n""",
    "VACUUM ANALYZE",
]
