"""The standard path of healthy customers: a deal begins by itself."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Band
from cs_platform.lib import clock
from renewals import wording
from renewals.models import Renewal, Stage
from renewals.queries.checklist import checklists, rules
from renewals.services import staleness
from renewals.services.moving import record_move
from worklist.models import Task
from worklist.queries import team
from worklist.services import create_task

TOUCH_WITHIN = timedelta(days=7)
BATCH = 200


@transaction.atomic
def walk_standard_path(*, zone, at=None) -> int:
    """Give the green deals in preparation their first task, and move those whose
    checklist is complete to initiation; returns how many moved.

    Nothing where the workspace has not chosen so. A row in somebody's hands is left to
    the next run; safe to repeat, each deal gets one task.
    """
    asked, at, moved = rules(), at or clock.now(), 0
    if not asked.is_standard_path:
        return 0
    deals = list(
        Renewal.objects.in_pipeline()
        .filter(stage=Stage.PREPARATION, account__band=Band.GREEN)
        .select_related("account", "owner")
        .order_by("decides_on", "pk")
        .select_for_update(of=("self",), skip_locked=True)
    )
    with staleness.tenant_language():
        _give_tasks(deals, clock.day_of(at, zone))
        for start in range(0, len(deals), BATCH):
            some = deals[start : start + BATCH]
            lists = checklists(some, zone=zone, asked=asked)
            ready = [deal for deal in some if not lists[deal.pk].gaps]
            for deal in ready:
                record_move(deal, stage=Stage.INITIATION, by=None, at=at)
            moved += len(ready)
    return moved


def _give_tasks(deals, on):
    people = team()
    keys = {_key(deal): deal for deal in deals}
    known = Task.objects.filter(unique_key__in=keys)
    given = set(known.values_list("unique_key", flat=True))
    for key in keys.keys() - given:
        deal = keys[key]
        owner, why = people.someone(deal.owner, deal.account.owner)
        because = [_("It is healthy: the standard path begins by itself."), why]
        create_task(
            kind="renewal.touch",
            title=wording.touch_title(deal.account.name),
            because=" ".join(because).strip(),
            owner=owner,
            due_on=on + TOUCH_WITHIN,
            account=deal.account,
            unique_key=key,
            path=deal.path,
        )


def _key(deal):
    return staleness.fact_key(deal.contract_id, deal.ends_on, staleness.TOUCH)
