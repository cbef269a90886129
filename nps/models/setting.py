from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class SurveyLogo(TenantModel):
    """A picture for mails and survey pages. Never changed: mails point to it."""

    content = models.BinaryField()
    content_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.content_type} {self.width}×{self.height}"


class SurveySettings(TenantModel):
    """How the workspace asks: how often at most, at which hours, in what look."""

    # Of one person, over all surveys.
    budget_count = models.PositiveSmallIntegerField(default=4)
    budget_days = models.PositiveSmallIntegerField(default=365)
    # Mail goes out from the one hour until the other, by the clock of the workspace.
    send_from = models.PositiveSmallIntegerField(default=9)
    send_to = models.PositiveSmallIntegerField(default=18)
    sends_on_weekends = models.BooleanField(default=False)
    sends_in_dead_months = models.BooleanField(default=False)

    logo = TenantForeignKey(
        SurveyLogo, on_delete=models.SET_NULL, null=True, blank=True
    )
    colour = models.CharField(
        max_length=7,
        default="#1f4e79",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("As in #1f4e79."))],
    )
    sender_name = models.CharField(max_length=120, blank=True)
    reply_to = models.EmailField(max_length=254, blank=True)

    # By when an answer is followed up, and how long after that the lead is told that a
    # detractor was not.
    detractor_hours = models.PositiveSmallIntegerField(default=24)
    passive_days = models.PositiveSmallIntegerField(default=7)
    promoter_days = models.PositiveSmallIntegerField(default=14)
    lead_after_hours = models.PositiveSmallIntegerField(default=0)
    # Signs who the person is that sees the snippet; made when first asked for.
    snippet_secret = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], name="one_row_of_survey_settings_per_workspace"
            ),
            models.CheckConstraint(
                condition=Q(send_from__lt=F("send_to"), send_to__lte=24),
                name="surveys_are_sent_within_one_day",
                violation_error_message=_("The first hour comes before the last."),
            ),
            models.CheckConstraint(
                condition=Q(budget_count__range=(1, 100), budget_days__range=(1, 1000)),
                name="survey_budget_is_1_to_100_in_1_to_1000_days",
                violation_error_message=_("Ask 1 to 100 times in 1 to 1000 days."),
            ),
        ]

    def __str__(self):
        return self.sender_name
