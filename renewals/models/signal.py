from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class SignalKind(models.TextChoices):
    """Why an account may want more."""

    SEATS = "seats", _("Seats run out")
    LIMIT = "limit", _("A limit is near")
    TEAM = "team", _("The team grows")
    HIGHER_USE = "higher_use", _("Uses a feature of a higher plan")
    HIGHER_ASK = "higher_ask", _("Asks for a feature of a higher plan")
    PROMOTER = "promoter", _("Recommends us")
    NEWS = "news", _("News of their business")
    CASE_STUDY = "case_study", _("Asks for a case study")


# Entered by people; the others are found by night.
ENTERED = (SignalKind.NEWS, SignalKind.CASE_STUDY)


class ExpansionSignal(TenantModel):
    """An account may want more: what was found, or heard, and on which day.

    One episode: it ends when it has not been found for a month; found again later it is
    a new one. One that was dismissed stays so until then.
    """

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    kind = models.CharField(max_length=12, choices=SignalKind)
    # Which feature, where there can be more than one.
    subject = models.CharField(max_length=200, blank=True)
    # Plain values to be put into words: what was counted, and of what.
    evidence = models.JSONField(default=dict)
    # What a person heard.
    words = models.TextField(blank=True, max_length=2000, verbose_name=_("In words"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    # The first and the last day on which it was so.
    seen_on = models.DateField()
    last_seen_on = models.DateField()
    ended_on = models.DateField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    dismissed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account", "kind", "subject"],
                condition=Q(ended_on=None),
                name="one_open_signal_per_kind",
                violation_error_message=_("This is known already."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["news", "case_study"]) | ~Q(words=""),
                name="what_a_person_heard_is_in_words",
                violation_error_message=_("Say what you heard."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "last_seen_on", "id"],
                condition=Q(ended_on=None),
                name="signal_open_by_day",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.account_id}"
