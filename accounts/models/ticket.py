from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.contact import Contact
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class TicketQuerySet(models.QuerySet):
    def open(self):
        return self.filter(solved_at=None)


class Ticket(TenantModel):
    """A request of the customer to support."""

    class Severity(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")
        CRITICAL = "critical", _("Critical")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PENDING = "pending", _("Pending")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")

    external_id = models.CharField(max_length=200)
    account = TenantForeignKey(
        Account, on_delete=models.CASCADE, related_name="tickets"
    )
    # Who asked: whom a survey asks afterwards.
    requester = TenantForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    subject = models.CharField(max_length=300)
    # What it was about, as the help desk sorts them.
    category = models.CharField(max_length=80, blank=True, db_default="")
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.NORMAL)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True, blank=True)
    csat = models.PositiveSmallIntegerField(null=True, blank=True)
    # How the customer sounded, as the help desk or a person judged it.
    tone = models.SmallIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(TicketQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="ticket_external_id_unique_in_tenant",
                violation_error_message=_("Another ticket has this external id."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "pending"], solved_at=None)
                | Q(status__in=["solved", "closed"], solved_at__isnull=False),
                name="solved_ticket_says_when",
                violation_error_message=_(
                    "A solved or closed ticket needs solved_at; an open one has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(csat=None) | Q(csat__range=(1, 5)),
                name="csat_is_between_1_and_5",
                violation_error_message=_("CSAT is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(tone=None) | Q(tone__range=(-2, 2)),
                name="tone_is_between_minus_2_and_2",
                violation_error_message=_("Tone is -2 (hostile) to 2 (delighted)."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "-opened_at"], name="ticket_by_account"
            ),
            models.Index(
                fields=["tenant", "solved_at"],
                condition=Q(solved_at__isnull=False),
                name="ticket_by_solution",
            ),
        ]

    def __str__(self):
        return self.subject
