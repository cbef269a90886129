"""A person says what no data can show: an item of a deal's checklist is done."""

from django.db import transaction

from cs_platform.lib import clock
from renewals.models import ChecklistItem, Renewal
from renewals.queries.checklist import rules
from tenants.services import record_audit


class NoSuchItem(Exception):
    """The workspace's checklists have no such item."""


@transaction.atomic
def tick_item(renewal, *, key, evidence, by, link="", at=None, by_key=None):
    """Tick an item of an open deal, saying by what one can see it; audited.

    The first tick stays: a second one returns it untouched. Raises `NoSuchItem` for a
    key that is on no checklist of the workspace.
    """
    item = next((item for item in rules().items if item.key == key), None)
    if item is None:
        raise NoSuchItem(key)
    tick, is_new = ChecklistItem.objects.get_or_create(
        renewal=renewal,
        key=key,
        defaults={
            "stage": item.stage,
            "evidence": evidence.strip()[:500],
            "link": link,
            "done_at": at or clock.now(),
            "done_by": by,
        },
    )
    if is_new:
        said = {"item": key, "evidence": tick.evidence}
        record_audit(
            "renewal.ticked", renewal, by=by, by_key=by_key, before=None, after=said
        )
    return tick


@transaction.atomic
def untick_item(renewal, *, key, by, by_key=None) -> bool:
    """Take a tick back; audited. Says whether there was one. What the data shows
    cannot be taken back here.
    """
    Renewal.objects.select_for_update().get(pk=renewal.pk)
    tick = ChecklistItem.objects.filter(renewal=renewal, key=key).first()
    if tick is None:
        return False
    said = {"item": key, "evidence": tick.evidence}
    tick.delete()
    record_audit(
        "renewal.unticked", renewal, by=by, by_key=by_key, before=said, after=None
    )
    return True
