from django.db import models
from django.db.models import Q, Value

from accounts.models import Account, Band, Direction
from health.models.judgement import Override
from health.models.scorecard import Scorecard
from health.scoring.keeping import packed, unpacked
from tenants.keys import TenantForeignKey
from tenants.models import Tenant
from tenants.scoping import scoped_manager


class MeasuresField(models.JSONField):
    """What was kept of each measure: dicts to those who read and write it, rows in the
    database."""

    def from_db_value(self, value, expression, connection):
        found = super().from_db_value(value, expression, connection)
        return [unpacked(one) for one in found] if isinstance(found, list) else found

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, list):
            value = [packed(one) for one in value]
        return super().get_db_prep_value(value, connection, prepared)


class SnapshotQuerySet(models.QuerySet):
    def latest_first(self):
        return self.order_by("-day")

    def between(self, first, last):
        return self.filter(day__range=(first, last))


class Snapshot(models.Model):
    """An account's health on a day, with what it was made of. Kept for good.

    One row per account and day of the tenant: scored again on the same day, the row is
    replaced. `measures` is what `health.scoring` kept of each measure, in the order of
    the scorecard; group and condition (the `step`-th of the measure) stand in the
    scorecard's definition, which never changes. `limits` says what was cut off the sum.
    """

    pk = models.CompositePrimaryKey("tenant", "account", "day")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        editable=False,
    )
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    day = models.DateField()
    # What is shown: the override where there is one, else what was computed.
    score = models.SmallIntegerField(null=True)
    computed = models.SmallIntegerField(null=True)
    override = TenantForeignKey(Override, on_delete=models.SET_NULL, null=True)
    band = models.CharField(max_length=8, choices=Band)
    # Share of the card's points whose data was there and fresh, 0 to 1.
    coverage = models.DecimalField(max_digits=4, decimal_places=3)
    change_7d = models.SmallIntegerField(null=True)
    change_28d = models.SmallIntegerField(null=True)
    # How much the account usually swings in a week and in four, in points.
    noise_7d = models.SmallIntegerField(null=True)
    noise_28d = models.SmallIntegerField(null=True)
    direction = models.CharField(
        max_length=13,
        choices=Direction,
        default=Direction.UNKNOWN,
        db_default=Direction.UNKNOWN,
    )
    measures = MeasuresField()
    limits = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    scorecard = TenantForeignKey(Scorecard, on_delete=models.PROTECT)
    computed_at = models.DateTimeField()

    objects = scoped_manager(SnapshotQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score=None, band=Band.UNKNOWN)
                | Q(score__range=(0, 100)) & ~Q(band=Band.UNKNOWN),
                name="no_score_no_colour",
            ),
            models.CheckConstraint(
                condition=Q(coverage__range=(0, 1)), name="coverage_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(computed=None) | Q(computed__range=(0, 100)),
                name="computed_score_is_between_0_and_100",
            ),
        ]

    def __str__(self):
        return f"{self.account_id} {self.day} {self.score}"
