from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Contract
from renewals.models.renewal import Renewal
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class Reminder(TenantModel):
    """A step of the ladder was handled for one end of one contract: fired or skipped.

    Its existence is the claim: the consequences commit with it, and no second row can
    be made. The end is part of the key, so a moved end arms the step again.
    """

    class State(models.TextChoices):
        FIRED = "fired", _("Fired")
        SKIPPED = "skipped", _("Skipped")

    class Why(models.TextChoices):
        """Why it was skipped."""

        ENTERED_LATER = "entered_later", _("The date became known after this day")
        FIRED_BEFORE = "fired_before", _("It fired before the date was moved")
        PROGRESSED = "progressed", _("The deal has made progress")

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="reminders"
    )
    contract = TenantForeignKey(Contract, on_delete=models.CASCADE)
    ends_on = models.DateField()
    # Days before the decision: 120, 90, 60, 30, 7.
    step = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    handled_on = models.DateField()
    state = models.CharField(max_length=8, choices=State)
    why = models.CharField(max_length=16, choices=Why, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "ends_on", "step"],
                name="one_reminder_per_end_and_step",
            ),
        ]

    def __str__(self):
        return f"{self.step} {self.state}"

    @property
    def is_late(self):
        return self.state == self.State.FIRED and self.handled_on > self.due_on
