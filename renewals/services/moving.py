"""A deal goes through its stages; two people cannot move it past each other."""

from django.db import transaction

from cs_platform.lib import clock
from renewals.checklist import State, may_skip
from renewals.models import PIPELINE, Renewal, Stage, StageChange
from renewals.queries.checklist import checklists, rules
from renewals.services import staleness
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit
from worklist.services import heal_alerts


class StaleMove(Exception):
    """Somebody else has moved or decided the renewal meanwhile."""

    def __init__(self, renewal):
        super().__init__(renewal.pk)
        self.renewal = renewal


class StalePlan(StaleMove):
    """Somebody else has changed the next step or the owner meanwhile."""


class GapsRemain(Exception):
    """The stages on the way want what is not there yet: `missing`.

    `may_skip` tells whether this person may go on all the same, saying why.
    """

    def __init__(self, renewal, missing: list[State], *, may_skip: bool):
        super().__init__(renewal.pk)
        self.renewal, self.missing, self.may_skip = renewal, missing, may_skip


@transaction.atomic
def move_renewal(
    renewal, *, stage, by, was=None, at=None, reason="", is_lead=False, by_key=None
):
    """Put an open renewal into another stage of the pipeline and keep the history.

    `was` is the stage the mover saw; raises `StaleMove` when it is another by now, or
    the renewal is decided or stopped. Forward with gaps in the checklists on the way
    raises `GapsRemain`, unless there is a `reason` and this person may skip: then what
    was missing and why stand in the history and the audit trail. Back is free. A move
    into negotiation or beyond heals the alert that it is stuck. A move to where it
    stands changes nothing.
    """
    stage = Stage(stage)
    renewal = _locked(renewal)
    if not renewal.is_open or (was is not None and was != renewal.stage):
        raise StaleMove(renewal)
    if stage != renewal.stage:
        reason = reason.strip()
        missing = _gaps(renewal, stage, reason=reason, is_lead=is_lead)
        keys = [state.item.key for state in missing]
        if missing:
            record_audit(
                "renewal.skipped",
                renewal,
                by=by,
                by_key=by_key,
                before={"stage": renewal.stage},
                after={"stage": stage, "missing": keys, "reason": reason},
            )
        record_move(
            renewal,
            stage=stage,
            by=by,
            at=at or clock.now(),
            missing=keys,
            reason=reason if missing else "",
        )
        if has_progressed(renewal):
            heal_alerts(staleness.STUCK, staleness.subject_of(renewal))
    return renewal


def _gaps(renewal, stage, *, reason, is_lead):
    """What the move leaves open and may leave open."""
    asked = rules()
    zone = Tenant.objects.get(pk=current_tenant_id()).timezone
    missing = checklists([renewal], zone=zone, asked=asked)[renewal.pk].gaps_before(
        stage
    )
    if missing:
        allowed = may_skip(missing, asked, is_lead=is_lead)
        if not (reason and allowed):
            raise GapsRemain(renewal, missing, may_skip=allowed)
    return missing


def record_move(renewal, *, stage, by, at, missing=(), reason=""):
    """Write the new stage of a renewal whose row is locked, and its history."""
    StageChange.objects.create(
        renewal=renewal,
        was=renewal.stage,
        stage=stage,
        at=at,
        by=by,
        missing=list(missing),
        reason=reason,
    )
    renewal.stage, renewal.stage_since = stage, at
    renewal.save(update_fields=["stage", "stage_since", "updated_at"])


def has_progressed(renewal):
    """Whether the deal stands where it should be 30 days before: in negotiation."""
    stages = list(PIPELINE)
    return renewal.stage in stages[stages.index(Stage.NEGOTIATION) :]


@transaction.atomic
def change_plan(renewal, *, by, next_step, next_step_on, owner, seen=None, by_key=None):
    """Set the next step, its day and the owner; an owner who is not the account's is
    kept from then on. The change is in the audit trail.

    `seen` is the `plan_mark` of what the person saw; raises `StalePlan` when the plan
    is another by now.
    """
    renewal = _locked(renewal)
    if seen and seen != renewal.plan_mark:
        raise StalePlan(renewal)
    was = _plan(renewal)
    renewal.next_step, renewal.next_step_on = next_step, next_step_on
    renewal.owner = owner
    renewal.is_owner_chosen = owner is not None and (
        owner.pk != renewal.account.owner_id
    )
    if owner is None:
        renewal.owner = renewal.account.owner
    renewal.save()
    now = _plan(renewal)
    changed = [name for name in now if was[name] != now[name]]
    if changed:
        record_audit(
            "renewal.planned",
            renewal,
            by=by,
            by_key=by_key,
            before={name: was[name] for name in changed},
            after={name: now[name] for name in changed},
        )
    return renewal


def _locked(renewal):
    return (
        Renewal.objects.select_for_update(of=("self",))
        .select_related("account", "owner")
        .get(pk=renewal.pk)
    )


def _plan(renewal):
    return {
        "next_step": renewal.next_step,
        "next_step_on": str(renewal.next_step_on or ""),
        "owner": str(renewal.owner or ""),
    }
