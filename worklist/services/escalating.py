"""An urgent alert that nobody answers goes up the chain, one step after the other."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.functional import lazy

from cs_platform.lib import clock
from messaging.services import announce, recall
from tenants.services import record_audit
from worklist import wording
from worklist.models import Alert, Escalation, EscalationRule
from worklist.queries.escalations import Chain, after_hours, due_alerts
from worklist.queries.team import team

BATCH = 500


@transaction.atomic
def escalate_alerts(*, at: datetime | None = None) -> int:
    """Tell the next of the chain of each urgent alert left unanswered for too long.

    The lead of its owner, then who the lead reports to, then the admins: each step
    once, the hours of the rule after the one before; a step without anybody who does
    not know yet gives way to the next at once. The claims and the notices commit
    together; any number may run at once. Returns how many were told of.
    """
    at, hours = at or clock.now(), after_hours()
    if hours is None:
        return 0
    patience = timedelta(hours=hours)
    due = due_alerts(at - patience).select_related("owner").order_by("pk")
    # Whoever answers meanwhile holds the row; who comes later finds it answered.
    alerts = list(
        due.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH]
    )
    if not alerts:
        return 0
    reached, people, told = _reached(alerts), team(), 0
    for alert in alerts:
        chain = Chain(people, alert.owner)
        told += _tell_next(alert, chain, reached[alert.pk], at, patience)
    return told


@transaction.atomic
def set_escalation(*, after_hours: int | None, by) -> EscalationRule:
    """Keep how long an urgent alert may stay unanswered; None: nobody is told."""
    rule = EscalationRule.objects.select_for_update().first()
    was = rule and rule.after_hours
    rule = rule or EscalationRule()
    rule.after_hours = after_hours
    rule.save()
    if was != after_hours:
        before, after = {"after_hours": was}, {"after_hours": after_hours}
        record_audit("escalation.set", rule, by=by, before=before, after=after)
    return rule


def recall_escalations(alert_ids):
    """The alerts are answered or over: take back what was told of them and not read."""
    told = Escalation.objects.filter(alert__in=list(alert_ids)).exclude(told="")
    recall([_key(alert, level) for alert, level in told.values_list("alert", "level")])


def _reached(alerts):
    """By alert: the steps taken. Read after the rows are locked."""
    by_alert = defaultdict(list)
    for row in Escalation.objects.filter(alert__in=alerts).order_by("level"):
        by_alert[row.alert_id].append(row)
    return by_alert


def _tell_next(alert: Alert, chain: Chain, steps, at, patience) -> bool:
    """The next step, if its time has come; steps without anybody are passed over."""
    since = steps[-1].at if steps else alert.opened_at
    if since + patience > at:
        return False
    first = steps[-1].level + 1 if steps else Escalation.Level.LEAD
    for level in [one for one in Escalation.Level if one >= first]:
        people = chain.new_at(level)
        told = ", ".join(str(person) for person in people)[:500]
        Escalation.objects.create(alert=alert, level=level, at=at, told=told)
        if people:
            _announce(alert, level, people, at)
            return True
    return False


def _announce(alert, level, people, at):
    # Lazy: each recipient is told in the own language.
    announce(
        to=people,
        kind=alert.kind,
        subject=lazy(lambda: wording.unanswered(alert.title), str)(),
        body=lazy(lambda: wording.why_escalated(alert, at), str)(),
        path="/alerts/",
        unique_key=_key(alert.pk, level),
        at=at,
        is_urgent=True,
    )


def _key(alert_id, level):
    return f"escalation:{alert_id}:{level}"
