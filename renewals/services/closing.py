"""A renewal is decided: renewed at an amount, or lost for a reason."""

from django.db import transaction

from cs_platform.lib import clock
from renewals.models import Outcome, Renewal, Result, Stage
from renewals.services import staleness
from renewals.services.moving import StaleMove, record_move
from renewals.services.syncing import keep_decisions
from tenants.services import record_audit


class AlreadyDecided(StaleMove):
    """The renewal has an outcome already (or there is nothing left to decide)."""


@transaction.atomic
def close_renewal(
    renewal, *, result, by, on, amount=None, reason="", detail="", at=None
):
    """Give the renewal its outcome; the outcome row is the fact others read.

    The ladder stops: open tasks are dismissed, alerts healed, waiting mail recalled; the
    account's next decision is the next open one. In the audit trail, as it is money.
    Raises `AlreadyDecided` the second time.
    """
    at = at or clock.now()
    renewal = Renewal.objects.select_for_update().get(pk=renewal.pk)
    if not renewal.is_open:
        raise AlreadyDecided(renewal)
    outcome = Outcome.objects.create(
        renewal=renewal,
        result=result,
        amount=amount if result == Result.RENEWED else None,
        reason=reason,
        detail=detail,
        decided_on=on,
        decided_at=at,
        decided_by=by,
    )
    was = renewal.stage
    record_move(renewal, stage=Stage(result), by=by, at=at)
    staleness.drop_all(renewal)
    keep_decisions([renewal.account_id])
    record_audit(
        "renewal.decided",
        renewal,
        by=by,
        before={"stage": was, "amount": str(renewal.amount)},
        after=_said(outcome, renewal),
    )
    return outcome


def _said(outcome, renewal):
    return {
        "stage": outcome.result,
        "amount": None if outcome.amount is None else str(outcome.amount),
        "currency": renewal.currency,
        "reason": outcome.reason,
        "detail": outcome.detail,
    }
