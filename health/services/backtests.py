"""Replaying a draft over the past, slice by slice, and what would change today.

A slice commits what it found together with how far it got; an attempt is counted before
the work. So whoever continues after a crash leaves nothing out and does nothing twice,
and a slice that kills its worker ends the backtest with a reason, not the queue.
"""

import logging
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from cs_platform.lib import clock
from cs_platform.lib.attempts import ATTEMPTS
from cs_platform.lib.wake import wake
from health.models import Backtest, Scorecard
from health.queries.cards import cards_in_force, scorecard_in_force
from health.services.replaying import next_step
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit

logger = logging.getLogger(__name__)

# What a worker that died cannot say of itself.
DIED = "died"


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
                next_step(backtest)(backtest)
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


def _beside(draft: Scorecard) -> Scorecard:
    """The version in force of the same card; of a new card: what scores now."""
    same = cards_in_force().get(draft.name)
    return scorecard_in_force() if same in (None, draft) else same
