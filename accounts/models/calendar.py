from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import TenantModel


def monday_to_friday():
    return [0, 1, 2, 3, 4]


class WorkCalendar(TenantModel):
    """On which days the people of a workspace and its customers work."""

    # Whose public holidays count (ISO 3166); none of any country without.
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=12, blank=True)
    extra_holidays = ArrayField(models.DateField(), default=list, blank=True)
    # Monday is 0.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=monday_to_friday, blank=True
    )
    # Months in which nobody decides, and in which no money is left: 1 to 12.
    dead_months = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True
    )
    budget_months = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], name="one_work_calendar_per_workspace"
            ),
            models.CheckConstraint(
                condition=Q(subdivision="") | ~Q(country=""),
                name="subdivision_has_a_country",
                violation_error_message=_("Choose the country of the region first."),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(7)))
                & Q(dead_months__contained_by=list(range(1, 13)))
                & Q(budget_months__contained_by=list(range(1, 13))),
                name="calendar_knows_these_weekdays_and_months",
            ),
        ]

    def __str__(self):
        return f"{self.country} {self.subdivision}".strip()
