"""The ladder as a setting: for every account, or for a tier of its own."""

from django.db import transaction

from renewals.models import LadderSetting
from renewals.queries.ladders import EVERY_TIER
from tenants.services import record_audit


@transaction.atomic
def set_ladders(ladders: dict[str, list | None], *, by):
    """Keep the ladder of each tier named ("" is every account); None drops it.

    Open renewals take it up at the next sweep: steps that were handled are not handled
    again, those ahead come at their new day, of those that are past by then only the
    tightest fires. In the audit trail. Safe to repeat.
    """
    kept = dict(LadderSetting.objects.values_list("tier", "days"))
    for tier, days in sorted(ladders.items()):
        if kept.get(tier) != days:
            _set(tier, kept.get(tier), days, by)


def _set(tier, was, days, by):
    name = "every account" if tier == EVERY_TIER else tier
    said = {"before": was and {name: was}, "after": days and {name: days}}
    if days is None:
        for row in LadderSetting.objects.filter(tier=tier):
            record_audit("ladder.dropped", row, by=by, **said)
            row.delete()
        return
    row, _ = LadderSetting.objects.update_or_create(tier=tier, defaults={"days": days})
    record_audit("ladder.set", row, by=by, **said)
