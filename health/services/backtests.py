"""Replaying a draft over the past, slice by slice, and what would change today.

A slice commits what it found together with how far it got; an attempt is counted before
the work. So whoever continues after a crash leaves nothing out and does nothing twice,
and a slice that kills its worker ends the backtest with a reason, not the queue.
"""

import logging
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.models import Account
from cs_platform.lib import clock
from cs_platform.lib.attempts import ATTEMPTS
from cs_platform.lib.wake import wake
from health.learning.fitting import Seen, foretell
from health.learning.replay import report
from health.models import Backtest, ReplayPart, Scorecard, Shift
from health.queries.cards import (
    DEFAULT,
    card_names,
    cards_in_force,
    rules_in_order,
    scorecard_in_force,
)
from health.queries.known import columns
from health.queries.moments import moment
from health.queries.replay import Row, before, ends, rows_of, scores_of, slice_of
from health.scoring.cards import Card
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit

logger = logging.getLogger(__name__)

SLICE = 1000
# Account-days a replay holds at most; with more accounts it takes one in so many.
ROWS = 100_000
# So many days before the first teach the learned model, which stands beside the cards.
WARM_UP = 24
# What a worker that died cannot say of itself.
DIED = "died"
TODAY, REPORT = "today", "report"


@transaction.atomic
def start_backtest(
    draft: Scorecard,
    *,
    outcome: str,
    horizon_days: int,
    first: date,
    last: date,
    step: str,
    by,
) -> Backtest:
    """Write down that a card is to be replayed, and wake a worker once this commits.

    The card, and the one in force beside it, are kept as they are now.
    """
    published = _beside(draft)
    backtest = Backtest.objects.create(
        draft=draft,
        draft_name=str(draft),
        definition=draft.definition,
        published=published.definition,
        outcome=outcome,
        horizon_days=horizon_days,
        first=first,
        last=last,
        step=step,
        by=by,
        result={"card": draft.name, "published_name": str(published)},
    )
    record_audit("backtest.started", backtest, by=by)
    wake("health.run_backtests", tenant_id=current_tenant_id())
    return backtest


@transaction.atomic
def retry_backtest(backtest: Backtest, *, by) -> None:
    """Let a failed backtest go on from where it stood. Does nothing to any other."""
    waiting = Backtest.objects.filter(pk=backtest.pk, state=Backtest.State.FAILED)
    if waiting.update(state=Backtest.State.WAITING, attempts=0, error=""):
        record_audit("backtest.retried", backtest, by=by)
        wake("health.run_backtests", tenant_id=current_tenant_id())


def take_backtest_turn(tenant_id: int) -> bool:
    """Do the next slice of the oldest unfinished backtest; False: there is none to do.

    Opens the scope itself, twice: for the attempt and for the work.
    """
    with tenant_scope(tenant_id):
        backtest = _claim()
        if backtest is None:
            return False
        if backtest.attempts >= ATTEMPTS:
            _fail(backtest)
            return True
        Backtest.objects.filter(pk=backtest.pk).update(
            attempts=F("attempts") + 1,
            state=Backtest.State.RUNNING,
            started_at=backtest.started_at or clock.now(),
        )
    return _work(tenant_id, backtest.pk)


def _claim() -> Backtest | None:
    """The oldest that is to be done and in the hands of nobody else."""
    states = (Backtest.State.WAITING, Backtest.State.RUNNING)
    waiting = Backtest.objects.filter(state__in=states).order_by("created_at")
    return waiting.select_for_update(skip_locked=True).first()


def _work(tenant_id: int, pk: UUID) -> bool:
    try:
        with tenant_scope(tenant_id):
            mine = Backtest.objects.filter(pk=pk).select_for_update(skip_locked=True)
            backtest = mine.first()
            # Between attempt and work somebody else may have taken it, or removed it.
            if backtest is not None and backtest.state == Backtest.State.RUNNING:
                _next_step(backtest)(backtest)
                backtest.attempts, backtest.error = 0, ""
                backtest.save()
    except Exception as error:  # noqa: BLE001 (whatever it is, it is told and retried)
        logger.exception("a slice of backtest %s failed", pk)
        with tenant_scope(tenant_id):
            said = f"{type(error).__name__}: {error}"[:2000]
            Backtest.objects.filter(pk=pk).update(error=said)
    return True


def _fail(backtest: Backtest) -> None:
    Backtest.objects.filter(pk=backtest.pk).update(
        state=Backtest.State.FAILED,
        error=backtest.error or DIED,
        finished_at=clock.now(),
    )


def _next_step(backtest: Backtest) -> Callable[[Backtest], None]:
    stage = backtest.result.get("stage")
    if stage is None:
        return _plan
    return {TODAY: _judge_today, REPORT: _write_report}.get(stage, _replay)


def _plan(backtest: Backtest) -> None:
    """Which days are gone through, and how many accounts are left out."""
    days = ends(backtest.first, backtest.last, backtest.step)
    warm = before(days[0], WARM_UP, backtest.step) if days else []
    rows = Account.objects.count() * len(warm + days)
    backtest.result |= {
        "stage": "replay",
        "days": [day.isoformat() for day in warm + days],
        "warm": len(warm),
        "day": 0,
        "reached": None,
        "number": 0,
        "every": max(1, -(-rows // ROWS)),
        "today": {"matrix": {}, "accounts": 0},
    }


def _replay(backtest: Backtest) -> None:
    at = backtest.result
    if at["day"] >= len(at["days"]):
        at |= {"stage": TODAY, "reached": None}
        return
    account_ids, reached = slice_of(_uuid(at["reached"]), SLICE, every=at["every"])
    # The days before the first teach the learned model; no card is asked.
    cards = [] if at["day"] < at["warm"] else _cards(backtest)
    rows = rows_of(
        account_ids,
        cards,
        moment(_tenant(), date.fromisoformat(at["days"][at["day"]])),
        outcome=backtest.outcome,
        horizon=backtest.horizon_days,
    )
    ReplayPart.objects.create(backtest=backtest, number=at["number"], rows=rows)
    at |= {"number": at["number"] + 1, "reached": reached and str(reached)}
    if reached is None:
        at["day"] += 1
        backtest.progress = 0.8 * at["day"] / len(at["days"])


def _judge_today(backtest: Backtest) -> None:
    """What would change today: who would change colour, and how much money."""
    at = backtest.result
    account_ids, reached = slice_of(_uuid(at["reached"]), SLICE)
    tenant = _tenant()
    now = clock.now()
    current = list(Account.objects.current().filter(pk__in=account_ids))
    accounts = {one.pk: one for one in _scored_by(at["card"], current)}
    said = scores_of(
        {pk: one.customer_since for pk, one in accounts.items()},
        _cards(backtest),
        moment(tenant, clock.day_of(now, tenant.timezone), now=now),
    )
    shifts = []
    for pk, (draft, published) in said.items():
        mrr = accounts[pk].mrr
        _count(at["today"], published.band, draft.band, mrr)
        if draft.band != published.band:
            shifts.append(_shift(backtest, pk, published, draft, mrr))
    Shift.objects.bulk_create(shifts)
    at["reached"] = reached and str(reached)
    if reached is None:
        at |= {"stage": REPORT, "judged_at": now.isoformat()}
        backtest.progress = 0.9


def _shift(backtest, pk, published, draft, mrr) -> Shift:
    return Shift(
        tenant_id=current_tenant_id(),
        backtest=backtest,
        account_id=pk,
        band_before=published.band,
        band_after=draft.band,
        score_before=published.score,
        score_after=draft.score,
        mrr=mrr,
    )


def _count(today: dict[str, Any], was: str, becomes: str, mrr: Decimal) -> None:
    cell = today["matrix"].setdefault(was, {}).setdefault(becomes, [0, "0"])
    cell[0] += 1
    cell[1] = str(Decimal(cell[1]) + mrr)
    today["accounts"] += 1


def _write_report(backtest: Backtest) -> None:
    """Work out the figures of everything gone through, and forget the rows."""
    rows = rows_kept(backtest)
    first = backtest.result["days"][backtest.result["warm"] :][:1]
    told = foretold(rows, backtest.horizon_days)
    replayed = [
        row.replayed(one and one.chance)
        for row, one in zip(rows, told, strict=True)
        if row.said and row.day >= first[0]
    ]
    kept = ("card", "published_name", "today", "judged_at", "every", "days", "warm")
    backtest.result = {name: backtest.result[name] for name in kept}
    backtest.result["report"] = report(
        replayed, backtest.horizon_days, has_published=True
    )
    backtest.state, backtest.progress = Backtest.State.DONE, 1
    backtest.finished_at = clock.now()
    ReplayPart.objects.filter(backtest=backtest).delete()


def rows_kept(backtest: Backtest) -> list[Row]:
    """What was gone through, in the order of accounts and days."""
    parts = ReplayPart.objects.filter(backtest=backtest).order_by("number")
    found = [Row(*row) for rows in parts.values_list("rows", flat=True) for row in rows]
    return sorted(found, key=lambda row: (row.account, row.day))


def foretold(rows: list[Row], horizon: int) -> list:
    """What a learned model would have said of each row, knowing only earlier ones."""
    seen = [
        Seen(row.account, date.fromisoformat(row.day), row.values, row.is_gone)
        for row in rows
    ]
    return foretell(seen, columns(), horizon)


def _cards(backtest: Backtest) -> list[Card]:
    return [Card(backtest.definition), Card(backtest.published)]


def _beside(draft: Scorecard) -> Scorecard:
    """The version in force of the same card; of a new card: what scores now."""
    same = cards_in_force().get(draft.name)
    return scorecard_in_force() if same in (None, draft) else same


def _scored_by(name: str, accounts: list[Account]) -> list[Account]:
    """The accounts that a card scores; all of them when no rule gives it to anybody."""
    if name != DEFAULT and name not in {rule.card for rule in rules_in_order()}:
        return accounts
    names = card_names(accounts, cards_in_force())
    return [one for one in accounts if names[one.pk] == name]


def _tenant() -> Tenant:
    return Tenant.objects.get(pk=current_tenant_id())


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
