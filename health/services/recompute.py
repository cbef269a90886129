"""The one place where scores are written."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from psycopg2.extras import execute_values

from accounts.models import Account, Stage
from cs_platform.lib import clock
from health.queries.facts import Moment, facts_of, moment
from health.scoring import score
from health.services.cards import ensure_scorecard
from health.services.falls import Scored, record_changes
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope

# Accounts scored in one transaction: enough that the statements pay, few enough that an
# edit of an account waits for a moment only.
SLICE = 2000


@transaction.atomic
def recompute(account_ids: Iterable[UUID], *, on: date) -> int:
    """Score accounts of the tenant in scope for a day; returns how many were scored.

    Replaces the snapshots of that day. For today it also writes the copies on Account,
    records changes, and opens or heals the alert of a fall; a day that is over gets
    what was known at its end, and touches nothing else. Running it again changes
    nothing but the time. Archived and lost accounts are left as they are. Waits for
    who holds an account. Raises ValueError for a day to come.
    """
    return _score(_lock(account_ids), on)


@transaction.atomic
def recompute_free(account_ids: Iterable[UUID], *, on: date) -> tuple[int, set[UUID]]:
    """Like `recompute`, but never waits: accounts that somebody holds are left out.

    So a worker and somebody who writes many accounts, in whatever order, cannot wait
    for each other for ever. Returns how many were scored, and which are left.
    """
    wanted = set(account_ids)
    locked = _lock(wanted, skip_locked=True)
    return _score(locked, on), wanted - {row.pk for row in locked}


def recompute_tenant(tenant_id: int, *, on: date) -> int:
    """Score every account of a tenant for a day, in slices that each commit.

    Call it outside any scope. Returns how many were scored.
    """
    total, reached = 0, None
    while True:
        with tenant_scope(tenant_id):
            account_ids = next_accounts(reached)
            total += recompute(account_ids, on=on)
        if len(account_ids) < SLICE:
            return total
        reached = account_ids[-1]


def next_accounts(reached: UUID | None, limit: int = SLICE) -> list[UUID]:
    """The ids of the accounts after `reached`, in the order of ids."""
    accounts = Account.objects.order_by("pk")
    if reached is not None:
        accounts = accounts.filter(pk__gt=reached)
    return list(accounts.values_list("pk", flat=True)[:limit])


def _lock(account_ids: Iterable[UUID], *, skip_locked: bool = False) -> list[Any]:
    """The accounts as they stand, held until the transaction ends.

    Held before their facts are read: whoever scores an account next reads them after
    us, so that the last one to write is the last one to have looked.
    """
    return list(
        Account.objects.filter(pk__in=set(account_ids))
        .order_by("pk")
        .select_for_update(no_key=True, skip_locked=skip_locked)
        .values_list(
            "pk",
            "band",
            "score",
            "score_change_7d",
            "scored_at",
            "lifecycle_stage",
            "archived_at",
            "customer_since",
            named=True,
        )
    )


def _score(locked: list[Any], on: date) -> int:
    then = moment(Tenant.objects.get(pk=current_tenant_id()), on)
    standing = {row.pk: row for row in locked if _is_scored(row, then)}
    if not standing:
        return 0
    card = ensure_scorecard()
    scored = [
        Scored(standing[pk], score(card.definition, facts), before)
        for pk, (facts, before) in sorted(
            facts_of(list(standing), card.definition, then).items()
        )
    ]
    now = clock.now()
    _write_snapshots(scored, card.pk, then, now)
    if then.is_today:
        _write_copies(scored, then, now)
        record_changes(scored, then)
    return len(scored)


def _is_scored(row, then: Moment) -> bool:
    if row.archived_at is not None and row.archived_at <= then.at:
        return False
    if then.is_today:
        return row.lifecycle_stage != Stage.CHURNED
    return row.customer_since is None or row.customer_since <= then.day


def _write_snapshots(scored, card_id, then: Moment, now):
    """Replace the snapshots of a day, in the order of their key."""
    rows = [
        (
            then.tenant.pk,
            str(one.account.pk),
            then.day,
            one.result.score,
            one.result.band,
            one.result.coverage,
            one.change,
            msgspec.json.encode(one.result.measures).decode(),
            str(card_id),
            now,
        )
        for one in scored
    ]
    _execute(SNAPSHOTS, rows)


def _write_copies(scored, then: Moment, now):
    """Copy the scores onto the accounts, which are locked already."""
    rows = [
        (
            then.tenant.pk,
            str(one.account.pk),
            one.result.score,
            one.result.band,
            one.change,
            now,
        )
        for one in scored
    ]
    _execute(COPIES, rows)


def _execute(statement, rows):
    # VALUES, not a SELECT from a function: a distributed Postgres would make that a
    # COPY, which row-level security forbids.
    with connection.cursor() as cursor:
        execute_values(cursor, statement, rows, page_size=len(rows))


SNAPSHOTS = """
INSERT INTO health_snapshot (tenant_id, account_id, day, score, band, coverage,
                             change_7d, measures, scorecard_id, computed_at)
VALUES %s
ON CONFLICT (tenant_id, account_id, day) DO UPDATE SET
       score = excluded.score, band = excluded.band, coverage = excluded.coverage,
       change_7d = excluded.change_7d, measures = excluded.measures,
       scorecard_id = excluded.scorecard_id, computed_at = excluded.computed_at
"""
COPIES = """
UPDATE accounts_account AS a
   SET score = r.score::smallint, band = r.band,
       score_change_7d = r.change::smallint, scored_at = r.at
  FROM (VALUES %s) AS r (tenant, pk, score, band, change, at)
 WHERE a.tenant_id = r.tenant AND a.id = r.pk::uuid
"""
