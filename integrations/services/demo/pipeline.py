"""How the renewals of a demo workspace went, and where the open ones stand."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from accounts.models import Account
from cs_platform.lib import clock
from integrations.services.demo.cast import Stage
from integrations.services.demo.forecasts import foretell
from integrations.services.demo.preparing import walk
from integrations.services.demo.proposals import propose, which_of
from integrations.services.demo.story import HISTORY, Company
from integrations.services.demo.words import NEXT_STEPS, PROMISES
from messaging.models import Message
from renewals.models import Renewal
from renewals.models import Stage as Step
from renewals.services import (
    change_plan,
    close_renewal,
    fire_reminders,
    sync_renewals,
)
from tenants.models import Tenant, User
from tenants.scoping import tenant_scope
from worklist.models import Task
from worklist.services import close_task, create_task

REMEMBERED = 126  # days of reminders that really fired, each on its day
STEPS = (
    (90, Step.PREPARATION),
    (60, Step.INITIATION),
    (30, Step.NEGOTIATION),
    (15, Step.APPROVAL),
)
REASONS = ("price", "features", "competitor", "business", "budget", "service")
SAID = {
    "en": "They said it in the last call; the decision was made above our contact.",
    "ru": "Сказали на последней встрече; решение принял директор.",
}


def play_renewals(
    stage: Stage, tenant: Tenant, companies: list[Company], today: date
) -> None:
    """Decide the past terms, fire the reminders of the last months, move the deals."""
    known = {company.external_id: company for company in companies}
    with tenant_scope(tenant.pk):
        first = today - timedelta(days=HISTORY)
        sync_renewals(on=first, at=_noon(first, stage))
        _decide(stage, known, before=today - timedelta(days=REMEMBERED), today=today)
    for age in range(REMEMBERED, -1, -7):
        day = today - timedelta(days=age)
        with tenant_scope(tenant.pk):
            _remind(stage, day)
            _move(stage, known, day, today)
            _decide(stage, known, before=day, today=today)
            _work(stage, day, today)
        foretell(stage, tenant, known, day, today, _noon(day, stage))
    with tenant_scope(tenant.pk):
        _plan(stage, today)
        propose(stage, tenant, today)
        _promise(stage, known, today)
        _read_old_notices(today, stage)


def _remind(stage, last):
    """What came due in the week up to that day, each on its own day."""
    due = Renewal.objects.open().filter(stopped_at=None)
    for age in range(6, -1, -1):
        day = last - timedelta(days=age)
        if age == 0 or due.filter(next_fire_on__lte=day).exists():
            fire_reminders(on=day, at=_noon(day, stage))


def _decide(stage, known, *, before, today):
    decided = Renewal.objects.open().filter(decides_on__lt=before)
    for renewal in decided.select_related("account", "contract").order_by("ends_on"):
        company = known[renewal.account.external_id]
        is_lost = company.left_on is not None and renewal.ends_on >= company.left_on
        day = min(renewal.decides_on, today)
        close_renewal(
            renewal,
            result="lost" if is_lost else "renewed",
            by=User.objects.get(email=company.owner),
            on=day,
            at=_noon(day, stage),
            **(_loss(company, stage) if is_lost else {"amount": _next(renewal)}),
        )


def _loss(company, stage):
    draw = random.Random(company.seed ^ 29)
    reason = draw.choice(REASONS)
    which = which_of(reason, company.seed, stage.language)
    return {"reason": reason, "which": which, "detail": SAID[stage.language]}


def _next(renewal):
    """What the following term was signed for: a year of the next contract."""
    following = renewal.account.contracts.filter(starts_on=renewal.ends_on).first()
    return 12 * following.mrr if following else renewal.amount


def _move(stage, known, day, today):
    """Deals move on as their end comes near, unless things go badly."""
    for renewal in Renewal.objects.in_pipeline().select_related("account"):
        company = known[renewal.account.external_id]
        left = (renewal.decides_on - day).days
        due = [step for days, step in STEPS if left <= days]
        is_slow = company.mood(day, today) < 0.4
        step = due[-2 if is_slow and len(due) > 1 else -1] if due else None
        if step and list(Step).index(step) > list(Step).index(renewal.stage):
            owner = User.objects.get(email=company.owner)
            walk(renewal, step, by=owner, at=_noon(day, stage), language=stage.language)


def _work(stage, day, today):
    """People do most of their tasks within days; some stay, as in life."""
    for task in Task.objects.open().filter(due_on__lte=day).order_by("pk"):
        draw = random.Random(f"{task.unique_key}{day}")
        # The last days' work is still to be done.
        if (today - task.due_on).days > 2 and draw.random() < 0.85:
            close_task(task, by=task.owner, at=_noon(day, stage))


def _plan(stage, today):
    """Most deals have a next step; those that have none are to be seen."""
    for renewal in Renewal.objects.in_pipeline().select_related("owner"):
        draw = random.Random(f"{renewal.contract_id} {renewal.ends_on}")
        if draw.random() < 0.65:
            change_plan(
                renewal,
                by=renewal.owner,
                next_step=draw.choice(NEXT_STEPS[stage.language]),
                next_step_on=today + timedelta(days=draw.randint(-2, 12)),
                owner=renewal.owner,
            )


def _promise(stage, known, today):
    """What people noted down for themselves: a task for every third customer."""
    served = [one for one in known.values() if one.left_on is None]
    people = {user.email: user for user in User.objects.filter(email__in=_csms(stage))}
    accounts = {row.external_id: row for row in Account.objects.current()}
    for company in served[::3]:
        draw = random.Random(company.seed + 31)
        title, because = draw.choice(PROMISES[stage.language])
        owner = people[company.owner]
        create_task(
            kind="manual",
            title=title % company.name,
            because=because,
            account=accounts[company.external_id],
            owner=owner,
            by=owner,
            due_on=today + timedelta(days=draw.randint(-3, 6)),
            priority=draw.choice((2, 3, 3, 4)),
            unique_key=f"demo:{company.external_id}",
            path=f"/accounts/{accounts[company.external_id].pk}/",
        )


def _csms(stage):
    return [email for _, email, role in stage.people if role == "csm"]


def _read_old_notices(today, stage):
    old = _noon(today - timedelta(days=5), stage)
    Message.objects.filter(channel="in_app", sent_at__lt=old).update(
        read_at=F("sent_at")
    )
    # The mail of months ago is not sent today.
    Message.objects.filter(channel="email", created_at__isnull=False).filter(
        next_attempt_at__lt=old
    ).update(state=Message.State.SENT, sent_at=F("next_attempt_at"))


def _noon(day, stage):
    """Of a past day; of today, nothing happens later than now."""
    noon = datetime.combine(day, time(12), ZoneInfo(stage.timezone))
    return min(noon, clock.now())
