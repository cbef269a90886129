"""What was said and asked for a date that is no longer so: taken back, or explained."""

from django.utils import translation

import messaging.services
import worklist.services
from renewals import ladder, wording
from renewals.models import RiskPlan
from renewals.queries.stale import LOW_HEALTH, NOTICE
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from worklist.models import Alert

STUCK = "renewal.stuck"
# The step of the standard path, beside those of the ladder.
TOUCH = "touch"


def fact_key(contract_id, ends_on, step):
    """The key of everything one step does for one end of one contract."""
    return f"renewal:{contract_id}:{ends_on.isoformat()}:{step}"


def notice_key(alert_id):
    """What is said of one notice. Taken back and given again, it is another alert."""
    return f"{NOTICE}:{alert_id}"


def subject_of(renewal):
    return f"renewal:{renewal.pk}"


def drop_all(renewal):
    """The renewal is decided, or there is nothing to renew: nobody has to do anything.

    Dismisses its open tasks, heals its alerts, recalls what is not delivered.
    """
    keys = _keys(renewal.contract_id, renewal.ends_on, (*ladder.STEPS, TOUCH))
    plans = [plan.task_key for plan in RiskPlan.objects.filter(renewal=renewal)]
    with tenant_language():
        worklist.services.dismiss_tasks(keys + plans, because=wording.over())
    for kind in (LOW_HEALTH, STUCK):
        worklist.services.heal_alerts(kind, subject_of(renewal))
    messaging.services.recall(keys)
    drop_notice(renewal)


def drop_notice(renewal):
    """The customer's notice warns no more: heals its alert, recalls what is not out."""
    told = Alert.objects.filter(kind=NOTICE, subject=subject_of(renewal))
    messaging.services.recall(
        [notice_key(pk) for pk in told.values_list("pk", flat=True)]
    )
    worklist.services.heal_alerts(NOTICE, subject_of(renewal))


def drop_moved(renewal, *, was, on):
    """The end moved from `was`: steps that come again lose their tasks and alerts.

    The tasks of steps that stay past are kept, and say that the end moved. No mail about
    the old date goes out any more.
    """
    days = ladder.schedule(renewal.decides_on, renewal.ladder)
    again = [step for step, due_on in days.items() if due_on > on]
    kept = [step for step in ladder.STEPS if step not in again]
    with tenant_language():
        because = wording.moved(was, renewal.ends_on)
    old = renewal.contract_id, was
    worklist.services.dismiss_tasks(_keys(*old, again), because=because)
    worklist.services.explain_tasks(_keys(*old, kept), because=because)
    if ladder.CALL in again:
        worklist.services.heal_alerts(LOW_HEALTH, subject_of(renewal))
    if ladder.ESCALATE in again:
        worklist.services.heal_alerts(STUCK, subject_of(renewal))
    messaging.services.recall(_keys(*old, ladder.STEPS))


def _keys(contract_id, ends_on, steps):
    return [fact_key(contract_id, ends_on, step) for step in steps]


def tenant_language():
    return translation.override(Tenant.objects.get(pk=current_tenant_id()).language)
