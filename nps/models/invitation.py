from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from nps.models.survey import Survey, SurveySend
from tenants.keys import TenantForeignKey
from tenants.models import Language, TenantModel
from tenants.scoping import scoped_manager


class InvitationQuerySet(models.QuerySet):
    def asked(self):
        """Those that reached out to a person: they count against the budget."""
        return self.filter(sent_at__isnull=False)

    def waiting(self):
        """Sent, not answered, not over."""
        return self.filter(state__in=[Invitation.State.SENT, Invitation.State.REMINDED])


class Invitation(TenantModel):
    """One person is asked one survey because of one occasion."""

    class Reason(models.TextChoices):
        START = "start", _("Days after the start")
        EVERY = "every", _("Regularly")
        TICKET = "ticket", _("A closed ticket")
        DECISION = "decision", _("Before the decision")
        HAND = "hand", _("Sent by hand")
        LINK = "link", _("Link")
        SNIPPET = "snippet", _("In the product")
        KIOSK = "kiosk", _("Kiosk")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENT = "sent", _("Sent")
        REMINDED = "reminded", _("Reminded")
        ANSWERED = "answered", _("Answered")
        EXPIRED = "expired", _("Expired")
        BOUNCED = "bounced", _("Bounced")
        DECLINED = "declined", _("Declined")
        # Never sent: the occasion lapsed, or the survey was switched off.
        RECALLED = "recalled", _("Not sent")

    survey = TenantForeignKey(
        Survey, on_delete=models.CASCADE, related_name="invitations"
    )
    version = models.PositiveIntegerField(default=1)
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    contact = TenantForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    # The person, in lower case, also once the contact is gone: budgets are by person.
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=8, choices=Language)
    send = TenantForeignKey(SurveySend, on_delete=models.SET_NULL, null=True)

    reason = models.CharField(max_length=8, choices=Reason)
    # "start:30", "every:540", "ticket:<id>", "decision:<contract>:<day>", "hand:<id>".
    occasion = models.CharField(max_length=120)
    occurred_on = models.DateField()
    planned_on = models.DateField()
    lapses_on = models.DateField()
    # Why it was not sent, a key of nps.planning; and whether it went out after its day.
    why_not = models.CharField(max_length=24, blank=True)
    is_late = models.BooleanField(default=False)

    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # Not of an anonymous survey: the time would tell whose answer it is.
    answered_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # In the token: goes up to make those handed out before worthless.
    serial = models.PositiveSmallIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(InvitationQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "contact", "occasion"],
                name="one_invitation_per_person_and_occasion",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "recalled"], sent_at=None)
                | ~Q(state__in=["planned", "recalled"]) & Q(sent_at__isnull=False),
                name="sent_invitation_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "planned_on"],
                condition=Q(state="planned"),
                name="invitation_planned",
            ),
            models.Index(
                fields=["tenant", "sent_at"],
                condition=Q(state__in=["sent", "reminded"]),
                name="invitation_waiting",
            ),
            # Who was asked in some days, page by page.
            models.Index(
                fields=["tenant", "-sent_at", "-id"],
                condition=Q(sent_at__isnull=False),
                name="invitation_by_time",
            ),
            # What there is an invitation for already, each sweep.
            models.Index(
                fields=["tenant", "survey", "occurred_on"],
                name="invitation_by_occasion",
            ),
            models.Index(
                fields=["tenant", "address", "-sent_at"], name="invitation_by_person"
            ),
            models.Index(
                fields=["tenant", "survey", "-created_at"], name="invitation_by_survey"
            ),
        ]

    def __str__(self):
        return f"{self.survey_id} {self.occasion}"
