"""The ladder as a setting: for every account, for a tier, or for a segment."""

from django.db import transaction

from renewals.models import LadderSetting
from renewals.queries.ladders import EVERY_TIER, ladders
from tenants.services import record_audit

Said = dict[str, list | None]


@transaction.atomic
def set_ladders(by_tier: Said, by_segment: Said | None = None, *, by):
    """Keep the ladder of each tier ("" is every account) and segment named; None drops
    it.

    Open renewals take it up at the next sweep: steps that were handled are not handled
    again, those ahead come at their new day, of those that are past by then only the
    tightest fires. In the audit trail. Safe to repeat.
    """
    kept = ladders()
    for tier, days in sorted(by_tier.items()):
        was = kept.by_tier.get(tier)
        _set("every account" if tier == EVERY_TIER else tier, was, days, by, tier=tier)
    for segment, days in sorted((by_segment or {}).items()):
        _set(segment, kept.by_segment.get(segment), days, by, segment=segment)


def _set(name, was, days, by, *, tier="", segment=""):
    if was == days:
        return
    said = {"before": was and {name: was}, "after": days and {name: days}}
    where = {"tier": tier, "segment": segment}
    if days is None:
        for row in LadderSetting.objects.filter(**where):
            record_audit("ladder.dropped", row, by=by, **said)
            row.delete()
        return
    row, _ = LadderSetting.objects.update_or_create(**where, defaults={"days": days})
    record_audit("ladder.set", row, by=by, **said)
