"""The checklists of deals: what the workspace wants, and what is there."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import Band
from renewals.checklist import LIMITS, SHIPPED, Checklist, Item, Rules, with_needs
from renewals.checklist import checklist as filled
from renewals.models import ItemRule, PipelineRule, Renewal, StageRule
from renewals.queries.evidence import evidence_of


def rules() -> Rules:
    """How the workspace in scope goes through its stages, as shipped where it is
    silent: three queries.
    """
    path = PipelineRule.objects.first() or PipelineRule()
    rows = list(ItemRule.objects.order_by("created_at"))
    needs = {row.key: row.need for row in rows if not row.title}
    own = tuple(
        Item(row.stage, row.key, row.title, need=row.need, is_own=True)
        for row in rows
        if row.title
    )
    return Rules(
        items=with_needs(SHIPPED, needs) + own,
        limits=limits(),
        may_skip=path.may_skip,
        is_standard_path=path.is_standard_path,
    )


def limits() -> dict[str, int]:
    """The days a deal may stand in each stage."""
    return LIMITS | dict(StageRule.objects.values_list("stage", "limit_days"))


def checklists(
    renewals: Collection[Renewal], *, zone: str, asked: Rules | None = None
) -> dict[UUID, Checklist]:
    """Of each renewal (its account is read): as many queries for one as for many."""
    known = asked or rules()
    found = evidence_of(renewals, zone=zone)
    return {
        renewal.pk: filled(
            renewal.stage,
            known,
            found[renewal.pk],
            is_red=renewal.account.band == Band.RED,
        )
        for renewal in renewals
    }
