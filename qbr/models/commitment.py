from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Contact
from qbr.models.review import Review, Side
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager
from worklist.models import Task


class CommitmentState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", pgettext_lazy("a promise", "Kept")
    DROPPED = "dropped", _("Dropped")


class CommitmentQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=CommitmentState.OPEN)

    def overdue(self, day):
        return self.open().filter(due_on__lt=day)


class Commitment(TenantModel):
    """Somebody promised something in a review: we, or the customer, by a day."""

    review = TenantForeignKey(
        Review, on_delete=models.CASCADE, related_name="commitments"
    )
    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    side = models.CharField(max_length=6, choices=Side, default=Side.OURS)
    words = models.CharField(max_length=500)
    section = models.CharField(max_length=40, blank=True)
    # Of ours who does it; of theirs who reminds them.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    contact = TenantForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    due_on = models.DateField()
    state = models.CharField(
        max_length=8, choices=CommitmentState, default=CommitmentState.OPEN
    )
    # What the worklist shows of it, from the day the review is held.
    task = TenantForeignKey(Task, on_delete=models.SET_NULL, null=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # Why it was dropped, or what came of it.
    outcome = models.CharField(max_length=500, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(CommitmentQuerySet)

    class Meta:
        ordering = ["due_on", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=""),
                name="commitment_has_words",
                violation_error_message=_("Say what was promised."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", done_at=None)
                | ~Q(state="open") & Q(done_at__isnull=False),
                name="closed_commitment_says_when",
            ),
            models.CheckConstraint(
                condition=Q(side="theirs") | Q(contact=None),
                name="a_contact_promises_for_their_side",
                violation_error_message=_("A contact promises for their side."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "state", "due_on"],
                name="commitment_by_account",
            ),
            models.Index(
                fields=["tenant", "state", "due_on", "id"], name="commitment_by_due"
            ),
        ]

    def __str__(self):
        return self.words
