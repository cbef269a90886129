"""A deal goes through its stages; two people cannot move it past each other."""

from django.db import transaction

from cs_platform.lib import clock
from renewals.models import PIPELINE, Renewal, Stage, StageChange
from renewals.services import staleness
from tenants.services import record_audit
from worklist.services import heal_alerts


class StaleMove(Exception):
    """Somebody else has moved or decided the renewal meanwhile."""

    def __init__(self, renewal):
        super().__init__(renewal.pk)
        self.renewal = renewal


@transaction.atomic
def move_renewal(renewal, *, stage, by, was=None, at=None):
    """Put an open renewal into another stage of the pipeline and keep the history.

    `was` is the stage the mover saw; raises `StaleMove` when it is another by now, or
    the renewal is decided or stopped. A move into negotiation or beyond heals the alert
    that it is stuck. A move to where it stands changes nothing.
    """
    stage = Stage(stage)
    renewal = Renewal.objects.select_for_update().get(pk=renewal.pk)
    if not renewal.is_open or (was is not None and was != renewal.stage):
        raise StaleMove(renewal)
    if stage != renewal.stage:
        record_move(renewal, stage=stage, by=by, at=at or clock.now())
        if has_progressed(renewal):
            heal_alerts(staleness.STUCK, staleness.subject_of(renewal))
    return renewal


def record_move(renewal, *, stage, by, at):
    """Write the new stage of a renewal whose row is locked, and its history."""
    StageChange.objects.create(
        renewal=renewal, was=renewal.stage, stage=stage, at=at, by=by
    )
    renewal.stage, renewal.stage_since = stage, at
    renewal.save(update_fields=["stage", "stage_since", "updated_at"])


def has_progressed(renewal):
    """Whether the deal stands where it should be 30 days before: in negotiation."""
    stages = list(PIPELINE)
    return renewal.stage in stages[stages.index(Stage.NEGOTIATION) :]


@transaction.atomic
def change_plan(renewal, *, by, next_step, next_step_on, owner):
    """Set the next step, its day and the owner; an owner who is not the account's is
    kept from then on. The change is in the audit trail.
    """
    renewal = (
        Renewal.objects.select_for_update(of=("self",))
        .select_related("account", "owner")
        .get(pk=renewal.pk)
    )
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
        before = {name: was[name] for name in changed}
        after = {name: now[name] for name in changed}
        record_audit("renewal.planned", renewal, by=by, before=before, after=after)
    return renewal


def _plan(renewal):
    return {
        "next_step": renewal.next_step,
        "next_step_on": str(renewal.next_step_on or ""),
        "owner": str(renewal.owner or ""),
    }
