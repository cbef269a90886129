"""Which ladder of reminders is in force for an account of a tier."""

from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import OuterRef, PositiveSmallIntegerField, Subquery, Value
from django.db.models.functions import Coalesce

from renewals.ladder import STEPS
from renewals.models import LadderSetting

EVERY_TIER = ""
DAYS: ArrayField = ArrayField(PositiveSmallIntegerField(null=True))


@dataclass(frozen=True)
class Ladders:
    """The ladders that a workspace has set, by tier."""

    by_tier: dict[str, list]

    def of(self, tier: str) -> list:
        """The ladder of a tier: its own, else that of all, else the shipped one."""
        shipped = list(STEPS)
        return self.by_tier.get(tier) or self.by_tier.get(EVERY_TIER) or shipped


def ladders() -> Ladders:
    """The ladders of the workspace in scope: one query."""
    return Ladders(dict(LadderSetting.objects.values_list("tier", "days")))


def ladder_in_force():
    """Of the account of a renewal: the ladder, as an expression over any workspace."""
    own = LadderSetting.objects.filter(tenant=OuterRef("tenant"))
    return Coalesce(
        Subquery(own.filter(tier=OuterRef("account__tier")).values("days")[:1]),
        Subquery(own.filter(tier=EVERY_TIER).values("days")[:1]),
        Value(list(STEPS), output_field=DAYS),
        output_field=DAYS,
    )
