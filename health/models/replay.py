from django.db import models

from accounts.models import Account, Band
from health.models.foresight import Backtest
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class ReplayPart(TenantModel):
    """What some accounts would have been told on one day, and what became of them.

    Written slice by slice while a backtest runs; gone once its report is written.
    """

    backtest = TenantForeignKey(
        Backtest, on_delete=models.CASCADE, related_name="parts"
    )
    number = models.PositiveIntegerField()
    # Lists of plain values, in the order of health.queries.replay.Row.
    rows = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "backtest", "number"],
                name="one_replay_part_per_number",
            ),
        ]

    def __str__(self):
        return f"{self.backtest_id} {self.number}"


class Shift(TenantModel):
    """An account that a draft scorecard would have given another colour on the day its
    backtest ran."""

    backtest = TenantForeignKey(
        Backtest, on_delete=models.CASCADE, related_name="shifts"
    )
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    band_before = models.CharField(max_length=8, choices=Band)
    band_after = models.CharField(max_length=8, choices=Band)
    score_before = models.SmallIntegerField(null=True)
    score_after = models.SmallIntegerField(null=True)
    # In the tenant's currency, as it was then.
    mrr = models.DecimalField(max_digits=24, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "backtest", "account"],
                name="one_shift_per_backtest_and_account",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "backtest", "mrr", "id"], name="shift_by_mrr"
            ),
        ]

    def __str__(self):
        return f"{self.account_id} {self.band_before} → {self.band_after}"
