"""What follows when a renewal has its outcome, whoever or whatever decided it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from cs_platform.lib import wording
from renewals.models import LOSSES, Outcome, OutcomeKind, Result, Stage
from renewals.services import staleness
from renewals.services.explaining import explain
from renewals.services.moving import record_move
from tenants.services import record_audit


@dataclass(frozen=True)
class Decision:
    """What is said when a renewal is decided.

    Without a kind it is told from the amounts: more than before is an upsell, less a
    downsell. The amount is a year of the new term; `which` names the second level.
    """

    result: str
    kind: str | None = None
    amount: Decimal | None = None
    seats: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reason: str = ""
    detail: str = ""
    which: tuple[str, ...] = ()
    # Whether the contract takes over what was decided; else billing says so later.
    writes_contract: bool = False

    def kind_for(self, was_amount) -> OutcomeKind:
        if self.kind:
            return OutcomeKind(self.kind)
        if self.result == Result.LOST:
            return OutcomeKind.LOST
        if self.amount > was_amount:
            return OutcomeKind.UPSELL
        return OutcomeKind.DOWNSELL if self.amount < was_amount else OutcomeKind.RENEWED

    def problems(self, renewal) -> dict[str, str]:
        """What is wrong with it for this renewal, by field; nothing when it may be."""
        if self.result == Result.LOST:
            return {}
        if self.amount is None:
            return {"amount": _("Say at what amount it was renewed.")}
        found = {}
        sentence = _amount_problem(self.kind, self.amount, renewal)
        if sentence:
            found["amount"] = sentence
        starts_on = _start(renewal, self)
        if self.writes_contract and not self.ends_on:
            found["ends_on"] = _("To write the contract, say until when it runs.")
        if starts_on > renewal.ends_on:
            found["starts_on"] = _("Not after the old term ends, %s.") % wording.day(
                renewal.ends_on
            )
        if self.ends_on and self.ends_on <= max(starts_on, renewal.ends_on):
            found["ends_on"] = _("Later than the old end, %s.") % wording.day(
                renewal.ends_on
            )
        return found


def record_outcome(renewal, decision, *, by, on, at, by_key=None) -> Outcome:
    """Write the outcome of a renewal whose row is locked; the ladder stops.

    Open tasks are dismissed, alerts healed, waiting mail recalled. In the audit trail,
    as it is money. The account's next decision is left to the caller.
    """
    kind = decision.kind_for(renewal.amount)
    is_renewed = kind.result == Result.RENEWED
    outcome = Outcome.objects.create(
        renewal=renewal,
        result=kind.result,
        kind=kind,
        was_amount=renewal.amount,
        amount=decision.amount if is_renewed else None,
        seats=decision.seats if is_renewed else None,
        starts_on=_start(renewal, decision) if is_renewed else None,
        ends_on=decision.ends_on if is_renewed else None,
        reason=decision.reason,
        detail=decision.detail,
        decided_on=on,
        decided_at=at,
        decided_by=by,
    )
    if kind in LOSSES:
        explain(
            outcome,
            reason=decision.reason,
            words=decision.detail,
            which=decision.which,
            by=by,
            at=at,
        )
    was = renewal.stage
    record_move(renewal, stage=Stage(kind.result), by=by, at=at)
    staleness.drop_all(renewal)
    record_audit(
        "renewal.decided",
        renewal,
        by=by,
        by_key=by_key,
        before={"stage": was, "amount": str(renewal.amount)},
        after=_said(outcome, renewal, decision),
    )
    return outcome


def _amount_problem(kind, amount, renewal):
    was = wording.money(renewal.amount, renewal.currency)
    if kind == OutcomeKind.UPSELL and amount <= renewal.amount:
        return _("An upsell brings more than before: more than %s.") % was
    if kind == OutcomeKind.RENEWED and amount < renewal.amount:
        return _("Less than before, %s: say downsell or partly lost.") % was
    is_less = kind in (OutcomeKind.DOWNSELL, OutcomeKind.PARTLY_LOST)
    if is_less and amount >= renewal.amount:
        return _("A downsell or a loss in part brings less than before, %s.") % was
    return ""


def _start(renewal, decision):
    """The new term follows the old one, unless the customer renewed early."""
    return decision.starts_on or renewal.ends_on


def _said(outcome, renewal, decision):
    said = {
        "stage": outcome.result,
        "kind": outcome.kind,
        "amount": outcome.amount and str(outcome.amount),
        "currency": outcome.amount and renewal.currency,
        "seats": outcome.seats,
        "ends_on": outcome.ends_on and outcome.ends_on.isoformat(),
        "reason": outcome.reason,
        "detail": outcome.detail,
        "which": list(decision.which),
    }
    return {name: value for name, value in said.items() if value}
