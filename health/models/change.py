from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Band
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class ChangeQuerySet(models.QuerySet):
    def falls(self):
        return self.filter(is_fall=True)


class Change(TenantModel):
    """An account's health changed colour, or fell by ten points within a week.

    Recorded with the score that shows it, for higher floors to claim; a fall opens an
    alert in the same transaction. A colour is entered, or a fall within one colour
    begun, at most once a day.
    """

    class Kind(models.TextChoices):
        BAND = "band", _("Changed colour")
        POINTS = "points", _("Fell within a colour")

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind)
    is_fall = models.BooleanField()
    band_before = models.CharField(max_length=8, choices=Band)
    band = models.CharField(max_length=8, choices=Band)
    # The points it fell from: those of a week ago for `points`, the last ones for `band`.
    score_before = models.SmallIntegerField(null=True)
    score = models.SmallIntegerField(null=True)

    objects = scoped_manager(ChangeQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account", "day", "kind", "band"],
                name="one_change_per_day_and_colour",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "day", "id"], name="health_change_by_day"),
        ]

    def __str__(self):
        return f"{self.account_id} {self.band_before} → {self.band}"
