"""Which ladder of reminders is in force for an account: by its segment, or its tier."""

from dataclasses import dataclass, field

from django.contrib.postgres.fields import ArrayField
from django.db.models import OuterRef, PositiveSmallIntegerField, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Account
from renewals.ladder import STEPS
from renewals.models import LadderSetting

EVERY_TIER = ""
DAYS: ArrayField = ArrayField(PositiveSmallIntegerField(null=True))


@dataclass(frozen=True)
class Ladders:
    """The ladders that a workspace has set, by tier and by segment."""

    by_tier: dict[str, list]
    by_segment: dict[str, list] = field(default_factory=dict)

    def of(self, account) -> list:
        """That of its segment, else of its tier, else of all, else the shipped one."""
        return (
            self.by_segment.get(account.segment)
            or self.by_tier.get(account.tier)
            or self.by_tier.get(EVERY_TIER)
            or list(STEPS)
        )


def ladders() -> Ladders:
    """The ladders of the workspace in scope: one query."""
    found = Ladders({})
    for tier, segment, days in LadderSetting.objects.values_list(
        "tier", "segment", "days"
    ):
        if segment:
            found.by_segment[segment] = days
        else:
            found.by_tier[tier] = days
    return found


def segments_without_a_ladder(known: Ladders) -> list[str]:
    """The segments of accounts that have none of their own, by name. One query."""
    rows = Account.objects.filter(archived_at=None).exclude(segment="")
    names = rows.order_by("segment").values_list("segment", flat=True).distinct()
    return [name for name in names if name not in known.by_segment]


def ladder_in_force():
    """Of the account of a renewal: the ladder, as an expression over any workspace."""
    own = LadderSetting.objects.filter(tenant=OuterRef("tenant"))
    of_segment = own.exclude(segment="").filter(segment=OuterRef("account__segment"))
    of_tier = own.filter(segment="")
    return Coalesce(
        Subquery(of_segment.values("days")[:1]),
        Subquery(of_tier.filter(tier=OuterRef("account__tier")).values("days")[:1]),
        Subquery(of_tier.filter(tier=EVERY_TIER).values("days")[:1]),
        Value(list(STEPS), output_field=DAYS),
        output_field=DAYS,
    )
