"""Opportunities to sell more: found, worked, given to sales, won or not."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Account, ChangeKind, Span
from accounts.services import change_contract
from cs_platform.lib import clock
from renewals import growth
from renewals.models import (
    ExpansionSignal,
    Opportunity,
    OpportunityMove,
    OpportunityResult,
    OpportunityStage,
    SalesHandover,
)
from renewals.queries.expansion import muted_because, with_risk
from renewals.queries.stale import opportunities_of_another_owner
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit
from worklist.services import create_task

CENT = Decimal("0.01")


class StaleOpportunity(Exception):
    """Somebody else has moved or decided the opportunity meanwhile."""

    def __init__(self, opportunity):
        super().__init__(opportunity.pk)
        self.opportunity = opportunity


class Muted(Exception):
    """Nothing is to be offered to an account in trouble; says why."""


@transaction.atomic
def open_opportunity(
    account,
    *,
    kind,
    title,
    amount,
    currency,
    owner,
    by,
    on,
    signal=None,
    at=None,
    by_key=None,
) -> Opportunity:
    """Begin an opportunity, of a signal or of somebody's idea. In the audit trail.

    A signal makes one only once: the second asker gets the first's. Raises `Muted` for
    a signal of an account that is in trouble. One of the account's owner follows the
    account to another (`sync_renewals`).
    """
    if signal is not None:
        ExpansionSignal.objects.select_for_update().get(pk=signal.pk)
        made = Opportunity.objects.filter(signal=signal).first()
        if made:
            return made
        row = with_risk(ExpansionSignal.objects.select_related("account"))
        why = muted_because(row.get(pk=signal.pk))
        if why:
            raise Muted(why)
    opportunity = Opportunity.objects.create(
        account=account,
        kind=kind,
        title=title,
        amount=amount,
        currency=currency,
        owner=owner,
        follows_account=owner == account.owner,
        signal=signal,
        opened_on=on,
        opened_by=by,
        stage_since=at or clock.now(),
    )
    after = {"kind": kind, "amount": str(amount), "currency": currency}
    record_audit("opportunity.opened", opportunity, by=by, by_key=by_key, after=after)
    return opportunity


CHANGEABLE = ("kind", "title", "amount", "currency", "owner")


@transaction.atomic
def change_opportunity(
    opportunity, *, by, seen=None, by_key=None, **facts
) -> Opportunity:
    """Put an open opportunity right: any of CHANGEABLE. In the audit trail.

    `seen` is the `updated_at` one goes by; raises `StaleOpportunity` when it is another
    by now, or when it is decided. Given to the account's owner it follows the account
    again, given to somebody else it stays. Safe to repeat.
    """
    opportunity = _locked(opportunity, None)
    if seen is not None and seen != opportunity.updated_at:
        raise StaleOpportunity(opportunity)
    before = {name: getattr(opportunity, name) for name in CHANGEABLE}
    changed = {name: facts[name] for name in facts if facts[name] != before[name]}
    if not changed:
        return opportunity
    for name, value in changed.items():
        setattr(opportunity, name, value)
    if "owner" in changed:
        opportunity.follows_account = changed["owner"] == opportunity.account.owner
    opportunity.save()
    record_audit(
        "opportunity.changed",
        opportunity,
        by=by,
        by_key=by_key,
        before={name: str(before[name] or "") for name in changed},
        after={name: str(value or "") for name, value in changed.items()},
    )
    return opportunity


@transaction.atomic
def move_opportunity(
    opportunity, *, stage, by, was=None, trial_ends_on=None, at=None
) -> Opportunity:
    """Put an open opportunity into another open stage and keep the history.

    `was` is the stage the mover saw; raises `StaleOpportunity` when it is another by
    now. A trial wants its last day; a move to where it stands changes that alone.
    """
    stage = OpportunityStage(stage)
    opportunity = _locked(opportunity, was)
    if trial_ends_on:
        opportunity.trial_ends_on = trial_ends_on
    if stage == OpportunityStage.TRIAL and opportunity.trial_ends_on is None:
        raise ValidationError({"trial_ends_on": _("Say on which day the trial ends.")})
    _record(opportunity, stage, by, at or clock.now())
    return opportunity


@transaction.atomic
def hand_to_sales(opportunity, *, to, note, by, at=None, by_key=None) -> SalesHandover:
    """Give it to sales: to whom, when and with which words is kept.

    Raises `StaleOpportunity` when it is decided. Given again, it is another row.
    """
    at = at or clock.now()
    opportunity = _locked(opportunity, None)
    handover = SalesHandover.objects.create(
        opportunity=opportunity, to=to, note=note, at=at, by=by
    )
    _record(opportunity, OpportunityStage.SALES, by, at)
    record_audit(
        "opportunity.handed_over", opportunity, by=by, by_key=by_key, after={"to": to}
    )
    return handover


@transaction.atomic
def close_opportunity(
    opportunity,
    *,
    is_won,
    by,
    on,
    amount=None,
    reason="",
    detail="",
    contract=None,
    effective_on=None,
    changes_contract=True,
    at=None,
    by_key=None,
) -> OpportunityResult:
    """Say how it ended. In the audit trail, as it is money.

    What was won counts in NRR by the contract it changes: its MRR rises by a twelfth of
    the amount from `effective_on`, unless it was changed before and is only named.
    Raises `StaleOpportunity` when it is decided, ValidationError when the contract
    cannot be changed so.
    """
    at = at or clock.now()
    opportunity = _locked(opportunity, None)
    effective_on = (effective_on or on) if is_won and contract else None
    if is_won and contract and changes_contract:
        _raise_contract(opportunity, contract, amount, effective_on, by, by_key)
    result = OpportunityResult.objects.create(
        opportunity=opportunity,
        is_won=is_won,
        amount=amount if is_won else None,
        reason="" if is_won else reason,
        detail=detail,
        contract=contract if is_won else None,
        effective_on=effective_on,
        decided_on=on,
        at=at,
        by=by,
    )
    stage = OpportunityStage.WON if is_won else OpportunityStage.LOST
    _record(opportunity, stage, by, at)
    after = {"result": str(stage), "amount": result.amount and f"{result.amount:.2f}"}
    record_audit(
        "opportunity.decided",
        opportunity,
        by=by,
        by_key=by_key,
        before={"amount": str(opportunity.amount)},
        after=after | {"reason": result.reason, "currency": opportunity.currency},
    )
    return result


def follow_owners() -> int:
    """Give open opportunities that follow their account to its owner; how many moved.

    A row in somebody's hands is left to the next run.
    """
    moved = opportunities_of_another_owner().order_by("pk")
    locked = moved.select_for_update(of=("self",), no_key=True, skip_locked=True)
    ids = list(locked.values_list("pk", flat=True))
    owner = Account.objects.filter(pk=OuterRef("account_id")).values("owner_id")[:1]
    if ids:
        Opportunity.objects.filter(pk__in=ids).update(owner_id=Subquery(owner))
    return len(ids)


def remind_of_trials(*, on: date) -> int:
    """A task for the owner three days before a trial ends; once for each end.

    Safe to repeat. Returns how many trials end that soon.
    """
    until = on + timedelta(days=growth.TRIAL_NOTICE)
    ending = Opportunity.objects.open().filter(
        stage=OpportunityStage.TRIAL, trial_ends_on__lte=until
    )
    rows = list(ending.select_related("account__owner", "owner").order_by("pk"))
    language = Tenant.objects.get(pk=current_tenant_id()).language
    with translation.override(language):
        for row in rows:
            create_task(
                kind="expansion.trial",
                title=_("The trial of %(account)s ends: ask how it went")
                % {"account": row.account.name},
                because=row.title,
                account=row.account,
                owner=row.owner or row.account.owner,
                due_on=max(on, row.trial_ends_on - timedelta(days=1)),
                unique_key=f"opportunity:{row.pk}:trial:{row.trial_ends_on}",
                path=row.path,
            )
    return len(rows)


def _locked(opportunity, was):
    opportunity = Opportunity.objects.select_for_update().get(pk=opportunity.pk)
    if not opportunity.is_open or (was and was != opportunity.stage):
        raise StaleOpportunity(opportunity)
    return opportunity


def _record(opportunity, stage, by, at):
    if stage != opportunity.stage:
        OpportunityMove.objects.create(
            opportunity=opportunity, was=opportunity.stage, stage=stage, at=at, by=by
        )
        opportunity.stage, opportunity.stage_since = stage, at
    opportunity.save()


def _raise_contract(opportunity, contract, amount, effective_on, by, by_key):
    if contract.currency != opportunity.currency:
        words = _("The contract is in %(currency)s.") % {"currency": contract.currency}
        raise ValidationError({"contract": words})
    span = Span.objects.on(effective_on).filter(contract=contract).first()
    if span is None:
        raise ValidationError(
            {"effective_on": _("The contract does not run on this day.")}
        )
    more = (amount / 12).quantize(CENT, ROUND_HALF_UP)
    change_contract(
        contract,
        effective_on=effective_on,
        mrr=span.mrr + more,
        kind=ChangeKind.UPSELL,
        reason=opportunity.title,
        by=by,
        by_key=by_key,
    )
