"""What the stages of a workspace want: its limits, its items, and who may skip."""

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction

from renewals.models import ItemRule, PipelineRule, StageRule
from tenants.services import record_audit


@dataclass(frozen=True)
class StageSaid:
    """What is asked of one stage: shipped items by their key, own ones in words."""

    limit_days: int
    needs: dict[str, str]
    own: list[tuple[str, str]]


@transaction.atomic
def set_rules(
    stages: dict[str, StageSaid], *, may_skip: bool, is_standard_path: bool, by
) -> None:
    """Keep how the workspace goes through its stages; in the audit trail if it changed.

    An own item keeps its key, and so its ticks, as long as its words stay. Deals that
    are past a stage are not asked again. Safe to repeat.
    """
    before = _as_it_is()
    rule, _ = PipelineRule.objects.update_or_create(
        defaults={"may_skip": may_skip, "is_standard_path": is_standard_path}
    )
    for stage, said in stages.items():
        StageRule.objects.update_or_create(
            stage=stage, defaults={"limit_days": said.limit_days}
        )
        for key, need in said.needs.items():
            ItemRule.objects.update_or_create(
                key=key, defaults={"stage": stage, "need": need, "title": ""}
            )
        _set_own(stage, said.own)
    after = _as_it_is()
    if before != after:
        record_audit("pipeline.ruled", rule, by=by, before=before, after=after)


def _set_own(stage, own):
    known = {
        row.title: row for row in ItemRule.objects.filter(stage=stage) if row.title
    }
    for title, need in own:
        row = known.pop(title, None) or ItemRule(
            stage=stage, title=title, key=f"own-{uuid4().hex[:12]}"
        )
        row.need = need
        row.save()
    ItemRule.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _as_it_is():
    """All of it as plain values, to tell whether and what changed."""
    rule = PipelineRule.objects.first()
    items = ItemRule.objects.order_by("stage", "key")
    return {
        "may_skip": rule.may_skip if rule else True,
        "is_standard_path": rule.is_standard_path if rule else False,
        "limits": dict(StageRule.objects.values_list("stage", "limit_days")),
        "items": {row.title or row.key: row.need for row in items},
    }
