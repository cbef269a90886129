"""What follows when a renewal has its outcome, whoever or whatever decided it."""

from renewals.models import Outcome, Result, Stage
from renewals.services import staleness
from renewals.services.moving import record_move
from tenants.services import record_audit


def record_outcome(
    renewal, *, result, by, on, at, amount=None, reason="", detail=""
) -> Outcome:
    """Write the outcome of a renewal whose row is locked; the ladder stops.

    Open tasks are dismissed, alerts healed, waiting mail recalled. In the audit trail,
    as it is money. The account's next decision is left to the caller.
    """
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
    record_audit(
        "renewal.decided",
        renewal,
        by=by,
        before={"stage": was, "amount": str(renewal.amount)},
        after=_said(outcome, renewal),
    )
    return outcome


def _said(outcome, renewal):
    said = {
        "stage": outcome.result,
        "amount": outcome.amount and str(outcome.amount),
        "currency": outcome.amount and renewal.currency,
        "reason": outcome.reason,
        "detail": outcome.detail,
    }
    return {name: value for name, value in said.items() if value}
