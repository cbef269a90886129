"""How a workspace plans its reviews, and what they begin with."""

from django.db import transaction

from qbr import agenda
from qbr.figures import sections as parts
from qbr.models import Cadence, ReviewTemplate
from qbr.queries.planning import cadences, planning_rule
from tenants.services import record_audit


@transaction.atomic
def set_planning(*, is_on, renewal_days, every: dict, segments=None, by=None):
    """Keep the cadences by tier (None: never by itself), of segments that have their own
    (None: as their accounts' tiers), and the rule for renewals.

    What is planned already stays as it is. In the audit.
    """
    rule = planning_rule()
    before = _said(rule, cadences())
    rule.is_on, rule.renewal_days = is_on, renewal_days
    rule.save()
    Cadence.objects.bulk_create(
        [Cadence(tier=tier, every_days=days) for tier, days in sorted(every.items())]
        + [
            Cadence(segment=name, every_days=days)
            for name, days in sorted((segments or {}).items())
            if days
        ],
        update_conflicts=True,
        unique_fields=["tenant", "tier", "segment"],
        update_fields=["every_days"],
    )
    dropped = [name for name, days in (segments or {}).items() if not days]
    Cadence.objects.filter(segment__in=dropped).delete()
    record_audit(
        "review_planning.set",
        rule,
        by=by,
        before=before,
        after=_said(rule, cadences()),
    )
    return rule


@transaction.atomic
def keep_template(tier: str, parts, *, by=None) -> ReviewTemplate:
    """What new reviews of a tier begin with; in the audit. Raises ValidationError."""
    rows = agenda.rows_of(agenda.cleaned(parts))
    template, _is_new = ReviewTemplate.objects.update_or_create(
        tier=tier, defaults={"agenda": rows}
    )
    record_audit("review_template.set", template, by=by, after={"agenda": rows})
    return template


@transaction.atomic
def keep_sections(sections: list[dict], *, by=None) -> ReviewTemplate:
    """Which sections new reports begin with, in which order; in the audit.

    Reports that stand already keep theirs.
    """
    rows = [
        {"key": one["key"], "is_on": one["is_on"]} for one in parts.arranged(sections)
    ]
    template, _is_new = ReviewTemplate.objects.update_or_create(
        tier="", defaults={"sections": rows}
    )
    shown = [one["key"] for one in rows if one["is_on"]]
    record_audit("review_template.set", template, by=by, after={"sections": shown})
    return template


@transaction.atomic
def forget_template(tier: str, *, by=None) -> bool:
    """Back to what is shipped, or for a tier to the workspace's; tells whether."""
    template = ReviewTemplate.objects.filter(tier=tier).first()
    if template is None:
        return False
    record_audit(
        "review_template.removed", template, by=by, before={"agenda": template.agenda}
    )
    if template.sections:
        # What reports begin with was not asked about.
        template.agenda = []
        template.save(update_fields=["agenda", "updated_at"])
    else:
        template.delete()
    return True


def _said(rule, every):
    return {
        "is_on": rule.is_on,
        "renewal_days": rule.renewal_days,
        "every": every.by_tier,
        "segments": every.by_segment,
    }
