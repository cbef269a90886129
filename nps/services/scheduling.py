"""The sweep: who is to be asked today is asked, once; who keeps silent is reminded.

Nothing is planned ahead in the database: what there is to ask follows from the facts
each time (nps.planning), less what was asked. So a sweep that never ran is made up for
by the next one, as long as the occasion has not lapsed.
"""

import math
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef

from accounts.models import Account, Stage
from accounts.queries import calendar
from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from messaging.models import Channel, Message
from nps import planning
from nps.models import Invitation, OptOut, Survey, SurveySettings
from nps.planning import SendingDays
from nps.queries.hours import is_open
from nps.queries.letters import with_lost_letter, without_lost_letter
from nps.queries.planning import limits_of, plan_of
from tenants.models import Language, Tenant
from tenants.scoping import current_tenant_id, tenant_scope

# Of one transaction.
BATCH = 500
INVITATION, REMINDER = "survey.invitation", "survey.reminder"
State = Invitation.State
# Those a sweep sent: who was handed a link was written to by somebody else.
MAILED = ("start", "every", "ticket", "decision", "hand")


def ask_customers(tenant_id, *, at: datetime | None = None, seconds=math.inf) -> int:
    """Ask, remind and let lapse what is due in a workspace; how many were asked.

    Opens the scope itself, a few hundred in a transaction. Each is an invitation and a
    mail in the outbox, which commit together. Any number may run at once: while one is
    at it the others leave it alone. After `seconds` it stops where it is; the next run
    goes on. Within the sending hours only, by the clock of the workspace.
    """
    until = time.monotonic() + seconds
    asked = 0
    while True:
        with tenant_scope(tenant_id):
            done = _ask_some(at or clock.now())
        asked += done
        if done < BATCH or time.monotonic() > until:
            return asked


@dataclass(frozen=True)
class _Now:
    """The moment of a sweep, as the workspace sees it."""

    at: datetime
    tenant: Tenant
    settings: SurveySettings

    @cached_property
    def on(self) -> date:
        return clock.day_of(self.at, self.tenant.timezone)

    @property
    def is_within_hours(self):
        return is_open(self.settings, self.at, self.tenant.timezone)

    @cached_property
    def days(self):
        return SendingDays(calendar(), limits_of(self.settings))

    def end_of(self, day):
        return clock.end_of(day, self.tenant.timezone)


def _ask_some(at) -> int:
    settings = _held_settings()
    if settings is None:
        return 0
    now = _Now(at, Tenant.objects.get(pk=current_tenant_id()), settings)
    _expire(now)
    if not now.is_within_hours:
        return 0
    surveys = {survey.pk: survey for survey in Survey.objects.on()}
    _remind(surveys.values(), now)
    plan = plan_of(
        surveys.values(), settings=settings, zone=now.tenant.timezone, on=now.on
    )
    verdicts = planning.choose(plan.cases, now.on, plan.asked, plan.days)
    _keep_waiting([(case, why) for case, why in verdicts if why and case.of], at)
    due = [case for case, why in verdicts if not why][:BATCH]
    _ask(due, surveys, now)
    return len(due)


def _held_settings():
    """The settings, held until the transaction ends; None while another sweep does.

    Whoever asks holds them, so that what is read of who was asked before stays true.
    """
    SurveySettings.objects.get_or_create()
    held = SurveySettings.objects.select_for_update(
        of=("self",), no_key=True, skip_locked=True
    )
    return held.first()


def _expire(now):
    waiting = Invitation.objects.waiting()
    # Nobody was asked, and it is too late to send the letter again: no budget is spent.
    with_lost_letter(waiting.filter(lapses_on__lt=now.on)).update(
        state=State.RECALLED,
        sent_at=None,
        why_not=planning.UNDELIVERED,
        updated_at=now.at,
    )
    silent = waiting.filter(expires_at__lte=now.at)
    silent.update(state=State.EXPIRED, updated_at=now.at)


def _keep_waiting(verdicts, at):
    """Say of what a person sent why it is not out yet; let go what has lapsed."""
    changed = []
    for case, why in verdicts:
        invitation = case.of
        if why == planning.LAPSED:
            invitation.state = State.RECALLED
            invitation.why_not = invitation.why_not or why
        elif why in (planning.LATER, planning.QUIET_DAY, invitation.why_not):
            continue
        else:
            invitation.why_not = why
        invitation.updated_at = at
        changed.append(invitation)
    Invitation.objects.bulk_update(
        changed, ["state", "why_not", "updated_at"], batch_size=BATCH
    )


def _ask(cases, surveys, now):
    """Invite these people: a row and a mail each."""
    languages = _languages(cases, now.tenant)
    invitations = [case.of or _invitation(case) for case in cases]
    for case, invitation in zip(cases, invitations, strict=True):
        survey = surveys[case.rules.survey]
        invitation.survey, invitation.version = survey, survey.version
        invitation.language = languages[case.person.account]
        invitation.address = case.person.address
        invitation.state, invitation.sent_at = State.SENT, now.at
        invitation.is_late = now.on > case.planned_on
        invitation.why_not = ""
        invitation.expires_at = now.at + timedelta(days=survey.expires_after_days)
        invitation.updated_at = now.at
    Invitation.objects.bulk_create(
        [one for one in invitations if one._state.adding], batch_size=BATCH
    )
    planned = [case.of for case in cases if case.of]
    Invitation.objects.bulk_update(planned, SENT_FIELDS, batch_size=BATCH)
    _post(invitations, INVITATION, now.at)


SENT_FIELDS = (
    "version",
    "language",
    "address",
    "state",
    "sent_at",
    "is_late",
    "why_not",
    "expires_at",
    "updated_at",
)


def _invitation(case):
    return Invitation(
        account_id=case.person.account,
        contact_id=case.person.contact,
        reason=case.occasion.reason,
        occasion=case.occasion.key,
        occurred_on=case.occasion.on,
        planned_on=case.planned_on,
        lapses_on=case.lapses_on,
    )


def _languages(cases, tenant):
    """In which language the people of each account are asked."""
    accounts = Account.objects.filter(pk__in={one.person.account for one in cases})
    spoken = accounts.values_list("pk", "language")
    return {pk: language_of(said, tenant) for pk, said in spoken}


def language_of(said: str, tenant) -> str:
    """The language of ours that an account speaks; the workspace's where it has none
    of them."""
    language = said.replace("_", "-").partition("-")[0].lower()
    return language if language in Language.values else tenant.language


def _remind(surveys, now):
    """Ask those once more who have not answered."""
    for survey in surveys:
        if survey.reminder_after_days is None:
            continue
        silent = _silent(survey, now)[:BATCH]
        due = [one for one in silent if now.days.allow(now.on, one.reason)]
        for one in due:
            one.state, one.reminded_at, one.updated_at = State.REMINDED, now.at, now.at
        Invitation.objects.bulk_update(
            due, ["state", "reminded_at", "updated_at"], batch_size=BATCH
        )
        _post(due, REMINDER, now.at)


def _silent(survey, now):
    """Invited long enough ago, not over, and still to be reached."""
    asked_by = now.end_of(now.on - timedelta(days=survey.reminder_after_days))
    left = OptOut.objects.filter(tenant=OuterRef("tenant"), address=OuterRef("address"))
    silent = (
        Invitation.objects.filter(
            survey=survey,
            reason__in=MAILED,
            state=State.SENT,
            sent_at__lt=asked_by,
            expires_at__gt=now.at,
            contact__isnull=False,
            account__archived_at=None,
        )
        .exclude(account__lifecycle_stage=Stage.CHURNED)
        .filter(~Exists(left))
        .order_by("sent_at", "pk")
    )
    return without_lost_letter(silent)


def _post(invitations, kind, at):
    """A mail each into the outbox; what it says is written when it goes out."""
    word = kind.rpartition(".")[2]
    Message.objects.bulk_create(
        [
            Message(
                channel=Channel.EMAIL,
                unique_key=f"survey:{one.pk}:{word}",
                kind=kind,
                address=one.address,
                subject=str(one.survey),
                next_attempt_at=at,
            )
            for one in invitations
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    if invitations:
        wake("messaging.deliver", tenant_id=current_tenant_id())
