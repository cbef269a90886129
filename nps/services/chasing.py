"""What is left over: answers that nobody was given, detractors nobody came back to."""

import logging
import math
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from nps.models import FollowUp, SurveySettings
from nps.queries.waiting import unescalated, without_follow_up
from nps.services.following import ALERT, account_of, because_of, follow_up, path_of
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from worklist.models import Priority
from worklist.queries.team import team
from worklist.services import open_alert

# Of one transaction.
BATCH = 200
logger = logging.getLogger(__name__)


def chase(tenant_id, *, seconds=math.inf) -> None:
    """Open the follow-ups that are missing, then alert the leads of late ones.

    Opens the scope itself, a batch in a transaction; one row that fails is logged and
    stops no other. Of each something is done; after `seconds` the next run goes on.
    """
    until = time.monotonic() + seconds
    for some in (follow_up_rest, escalate_late):
        failed: set = set()
        tried = BATCH
        while tried == BATCH:
            with tenant_scope(tenant_id):
                tried = some(limit=BATCH, failed=failed)
            if time.monotonic() > until:
                break


@transaction.atomic
def follow_up_rest(*, limit: int = BATCH, failed: set | None = None) -> int:
    """Open the follow-ups of fresh answers that came in without; how many were tried.

    One that fails is logged, kept in `failed`, and not tried while it is there.
    """
    failed = set() if failed is None else failed
    waiting = without_follow_up().exclude(pk__in=failed).order_by("answered_at", "pk")
    rows = list(waiting.select_for_update(of=("self",), skip_locked=True)[:limit])
    _each(rows, follow_up, failed)
    return len(rows)


@transaction.atomic
def escalate_late(*, limit: int = BATCH, failed: set | None = None) -> int:
    """Alert the lead of every detractor nobody came back to in time, so many hours after
    that as the workspace says; how many were tried.

    The alert is urgent: unanswered, it goes up the chain as others do. It ends when the
    reply is recorded. Each follow-up has one, however many run at once.
    One that fails is logged, kept in `failed`, and not tried while it is there.
    """
    rules = SurveySettings.objects.first() or SurveySettings()
    late = clock.now() - timedelta(hours=rules.lead_after_hours)
    failed = set() if failed is None else failed
    waiting = unescalated().exclude(pk__in=failed).filter(due_at__lte=late)
    rows = list(
        waiting.order_by("due_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("response__account__owner", "response__contact", "task__owner")[
            :limit
        ]
    )
    if rows:
        people, tenant = team(), Tenant.objects.get(pk=current_tenant_id())
        with translation.override(tenant.language):
            _each(rows, lambda row: _alert(row, people), failed)
    return len(rows)


def _alert(found: FollowUp, people):
    account = account_of(found.response)
    person = (found.task and found.task.owner) or account.owner
    leads = people.leads_of(person)
    open_alert(
        kind=ALERT,
        subject=str(found.pk),
        title=_("Nobody has come back to a detractor of %s") % account.name,
        because=because_of(found.response),
        owner=leads[0] if leads else person,
        account=account,
        priority=Priority.URGENT,
        path=path_of(found.response),
    )
    found.escalated_at = clock.now()
    found.save(update_fields=["escalated_at"])


def _each(rows, act: Callable, failed: set):
    for row in rows:
        try:
            with transaction.atomic():
                act(row)
        except Exception:
            logger.exception("%s %s could not be followed up", row._meta.label, row.pk)
            failed.add(row.pk)
