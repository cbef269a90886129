"""Plans for what puts a renewal at risk, and the tasks made from them."""

from django.db import transaction
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from renewals.models import RiskPlan
from tenants.services import record_audit
from worklist.models import Priority, Task
from worklist.services import close_task, create_task


@transaction.atomic
def plan_risk(renewal, *, problem, plan, owner, due_on, by, by_key=None) -> RiskPlan:
    """Write down one problem and what is done about it; its owner gets a task by that
    day. Audited.
    """
    made = RiskPlan.objects.create(
        renewal=renewal,
        problem=problem,
        plan=plan,
        owner=owner,
        due_on=due_on,
        made_by=by,
    )
    create_task(
        kind="renewal.risk",
        title=_("%(account)s at risk: %(problem)s")
        % {"account": renewal.account.name, "problem": problem},
        because=plan,
        owner=owner,
        due_on=due_on,
        account=renewal.account,
        priority=Priority.HIGH,
        unique_key=made.task_key,
        path=renewal.path,
        by=by,
    )
    _record("risk.planned", made, by, by_key)
    return made


@transaction.atomic
def close_risk(plan, *, state, by, at=None, by_key=None) -> RiskPlan:
    """Say that the problem is solved, or that the plan is dropped; its task ends with
    it. The first word stays. Audited.
    """
    plan = RiskPlan.objects.select_for_update().get(pk=plan.pk)
    if not plan.is_open:
        return plan
    plan.state, plan.closed_by = RiskPlan.State(state), by
    plan.closed_at = at or clock.now()
    plan.save(update_fields=["state", "closed_by", "closed_at"])
    is_dropped = plan.state == RiskPlan.State.DROPPED
    for task in Task.objects.open().filter(unique_key=plan.task_key):
        close_task(task, by=by, dismissed=is_dropped, at=plan.closed_at)
    _record("risk.closed", plan, by, by_key)
    return plan


def _record(action, plan, by, by_key):
    after = {
        "problem": plan.problem,
        "plan": plan.plan,
        "owner": str(plan.owner or ""),
        "due_on": str(plan.due_on),
        "state": plan.state,
    }
    record_audit(action, plan.renewal, by=by, by_key=by_key, after=after)
