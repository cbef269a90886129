"""Somebody comes back to who answered: a task by a day, and what became of it."""

from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Account
from cs_platform.lib import clock
from nps import numbers
from nps.models import FollowUp, Response, SurveySettings
from nps.queries.waiting import FRESH
from tenants.models import Tenant, User
from tenants.scoping import current_tenant_id
from tenants.services import record_audit
from worklist.models import Priority, Task
from worklist.queries.team import team
from worklist.services import (
    change_task,
    close_task,
    create_task,
    dismiss_tasks,
    explain_tasks,
    heal_alerts,
    reopen_task,
)

ALERT = "detractor"
PRIORITIES = {
    numbers.DETRACTOR: Priority.HIGH,
    numbers.PASSIVE: Priority.NORMAL,
    numbers.PROMOTER: Priority.LOW,
}


@transaction.atomic
def follow_up(response: Response) -> FollowUp | None:
    """Give the account's owner a task for an NPS answer, by its kind; safe to repeat.

    An answer changed into another kind changes an open follow-up, by the time of the
    change; one that is closed stays, but who has become a detractor is to be called
    again. None: nobody's, not NPS, or older than a week.
    """
    if response.score is None or response.account_id is None:
        return None
    if response.kind != Response.Kind.NPS:
        return None
    if _said_at(response) < clock.now() - FRESH:
        return None
    found = FollowUp.objects.select_for_update().filter(response=response).first()
    tenant = Tenant.objects.get(pk=current_tenant_id())
    with translation.override(tenant.language):
        if found is None:
            return _opened(FollowUp(response=response), response, tenant)
        return _changed(found, response, tenant)


def _opened(found: FollowUp, response: Response, tenant) -> FollowUp:
    found.kind = numbers.kind_of(cast(int, response.score))
    found.due_at = _said_at(response) + patience(found.kind)
    found.task = _task(found, response, tenant)
    found.save()
    return found


def _changed(found: FollowUp, response: Response, tenant) -> FollowUp:
    kind = numbers.kind_of(cast(int, response.score))
    if found.kind == kind:
        if found.closed_at is None:
            # The words come after the score.
            explain_tasks([_key(found)], because=because_of(response))
        return found
    if found.closed_at is not None and kind != numbers.DETRACTOR:
        return found
    dismiss_tasks([_key(found)], because=_("The answer was changed."))
    heal_alerts(ALERT, str(found.pk))
    if found.closed_at is not None:
        _take_back(found)
        record_audit("follow_up.reopened", found)
    # Whoever was told of it was told of another answer.
    found.escalated_at = None
    return _opened(found, response, tenant)


def _said_at(response: Response) -> datetime:
    """When the customer said what stands now."""
    return response.changed_at or response.answered_at


def _take_back(found: FollowUp):
    """The words stay: they were said."""
    found.closed_at, found.closed_by, found.replied_at = None, None, None


def patience(kind: str) -> timedelta:
    """How long after an answer, or its change, somebody has to have come back."""
    rules = SurveySettings.objects.first() or SurveySettings()
    return {
        numbers.DETRACTOR: timedelta(hours=rules.detractor_hours),
        numbers.PASSIVE: timedelta(days=rules.passive_days),
        numbers.PROMOTER: timedelta(days=rules.promoter_days),
    }[kind]


@transaction.atomic
def reply(
    found: FollowUp, *, by: User | None, reply: str, result: str = "", by_key=None
) -> FollowUp:
    """Keep what was said to the customer and what came of it; that closes the loop.

    Marks the task done and ends the alert. The instant of the first reply stays; a
    later one puts the words right.
    """
    found = FollowUp.objects.select_for_update().get(pk=found.pk)
    at = clock.now()
    before = {"reply": found.reply, "result": found.result}
    found.reply, found.result = reply, result
    found.replied_at = found.replied_at or at
    if found.closed_at is None:
        found.closed_at, found.closed_by = at, by
    found.save()
    if found.task:
        close_task(found.task, by=by, at=at)
    heal_alerts(ALERT, str(found.pk), at=at)
    after = {"reply": reply, "result": result}
    record_audit(
        "follow_up.replied", found, by=by, by_key=by_key, before=before, after=after
    )
    return found


@transaction.atomic
def reopen(found: FollowUp, *, by: User) -> FollowUp:
    """Take back that the loop is closed; the words stay, the task is open again."""
    found = FollowUp.objects.select_for_update().get(pk=found.pk)
    if found.closed_at is None:
        return found
    _take_back(found)
    found.save(update_fields=["closed_at", "closed_by", "replied_at"])
    if found.task:
        reopen_task(found.task)
    record_audit("follow_up.reopened", found, by=by)
    return found


def _task(found: FollowUp, response: Response, tenant) -> Task:
    account = account_of(response)
    owner, why = team().someone(account.owner)
    because = " ".join(filter(None, [because_of(response), why]))
    due_on = clock.day_of(found.due_at, tenant.timezone)
    task = create_task(
        kind=f"{found.kind}_follow_up",
        title=_TITLES[found.kind]() % {"account": account.name},
        because=because,
        owner=owner,
        due_on=due_on,
        account=account,
        priority=PRIORITIES[found.kind],
        unique_key=_key(found),
        path=path_of(response),
    )
    if task.status == Task.Status.OPEN:
        return task
    # The customer was of this kind before, and was another in between.
    reopen_task(task)
    explain_tasks([_key(found)], because=because)
    return change_task(task, owner=owner, due_on=due_on)


_TITLES = {
    numbers.DETRACTOR: lambda: _("Call a detractor of %(account)s"),
    numbers.PASSIVE: lambda: _("Ask %(account)s what is missing"),
    numbers.PROMOTER: lambda: _("Ask %(account)s for a reference"),
}


def because_of(response: Response) -> str:
    who = response.contact.name if response.contact else _("Somebody")
    words = f" «{response.comment[:200]}»" if response.comment else ""
    return (
        _("%(who)s gave %(score)s of 10.")
        % {
            "who": who,
            "score": response.score,
        }
        + words
    )


def account_of(response: Response) -> Account:
    # Nobody's answers have no follow-up.
    return cast(Account, response.account)


def _key(found: FollowUp) -> str:
    return f"follow-up:{found.response_id}:{found.kind}"


def path_of(response: Response) -> str:
    return f"/surveys/answers/{response.pk}/"
