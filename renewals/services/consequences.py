"""What each step of the ladder does: tasks, the deal, alerts, notices."""

from datetime import timedelta

from django.utils.functional import lazy

from accounts.queries import note_on
from messaging.services import announce
from renewals import ladder, wording
from renewals.models import Stage
from renewals.queries.stale import LOW_HEALTH
from renewals.services.moving import has_progressed, record_move
from renewals.services.staleness import STUCK, fact_key, subject_of
from worklist.models import Priority
from worklist.services import create_task, open_alert

CHECK_WITHIN, CALL_WITHIN = timedelta(days=7), timedelta(days=3)


def check_health(case):
    """120 days: the owner has a week to check the customer's health."""
    _give_task(case, "renewal.check", wording.check_title, CHECK_WITHIN)


def make_deal(case):
    """90 days: the deal stands in the pipeline, in preparation."""
    open_deal(case.renewal, case.at)


def call_customer(case):
    """60 days: the owner is to call; a lead is alerted when health is low."""
    _give_task(case, "renewal.call", wording.call_title, CALL_WITHIN, Priority.HIGH)
    score = case.renewal.account.score
    if score is not None and score < ladder.LOW_SCORE:
        _alert_leads(case, LOW_HEALTH, wording.low_health)


def escalate(case):
    """30 days: the leads are told that the deal has made no progress."""
    _alert_leads(case, STUCK, wording.stuck, Priority.URGENT)


def tell_everyone(case):
    """7 days: an urgent notice to the owner, the account's owner and the leads."""
    _announce(case, "renewal.urgent", wording.urgent, case.everyone, is_urgent=True)


CONSEQUENCES = {
    ladder.CHECK: check_health,
    ladder.DEAL: make_deal,
    ladder.CALL: call_customer,
    ladder.ESCALATE: escalate,
    ladder.URGENT: tell_everyone,
}


def open_deal(renewal, at):
    """Put an upcoming renewal into the pipeline; one that is there stays as it is."""
    if renewal.stage == Stage.UPCOMING:
        record_move(renewal, stage=Stage.PREPARATION, by=None, at=at)


def is_pointless(case):
    """Whether the step has nothing to do: an escalation of a deal that moves."""
    return case.step == ladder.ESCALATE and has_progressed(case.renewal)


def _give_task(case, kind, title, within, priority=Priority.NORMAL):
    person, why = case.doer
    due_on = case.on + within
    note = note_on(due_on, days=case.days, since=case.on)
    why = " ".join(part for part in (why, note and note.said) if part)
    create_task(
        kind=kind,
        title=title(case.facts),
        because=wording.because(case.facts, why),
        owner=person,
        due_on=due_on,
        account=case.renewal.account,
        priority=priority,
        unique_key=case.key,
        path=case.renewal.path,
    )


def _alert_leads(case, kind, title, priority=Priority.HIGH):
    open_alert(
        kind=kind,
        subject=subject_of(case.renewal),
        title=title(case.facts),
        because=wording.because(case.facts),
        owner=case.leads[0] if case.leads else case.doer[0],
        account=case.renewal.account,
        priority=priority,
        path=case.renewal.path,
        at=case.at,
    )
    is_urgent = priority == Priority.URGENT
    _announce(case, kind, title, case.leads, is_urgent=is_urgent)


def _announce(case, kind, title, people, *, is_urgent):
    # Lazy: each recipient is told in the own language.
    announce(
        to=people,
        kind=kind,
        subject=lazy(lambda: title(case.facts), str)(),
        body=lazy(lambda: wording.because(case.facts), str)(),
        path=case.renewal.path,
        unique_key=case.key,
        at=case.at,
        is_urgent=is_urgent,
    )


def case_key(renewal, step):
    return fact_key(renewal.contract_id, renewal.ends_on, step)
