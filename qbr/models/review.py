from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from renewals.models import Renewal
from tenants.keys import TenantForeignKey
from tenants.models import Language, TenantModel
from tenants.scoping import scoped_manager


class Status(models.TextChoices):
    PLANNED = "planned", _("Planned")
    PREPARING = "preparing", _("In preparation")
    HELD = "held", _("Held")
    FOLLOWED_UP = "followed_up", _("Followed up")
    CANCELLED = "cancelled", _("Cancelled")


AHEAD = (Status.PLANNED, Status.PREPARING)
HELD = (Status.HELD, Status.FOLLOWED_UP)


class Why(models.TextChoices):
    CADENCE = "cadence", _("By its cadence")
    YELLOW_RENEWAL = "yellow_renewal", _("Before the renewal of a yellow account")
    HAND = "hand", _("Planned by a person")


class Side(models.TextChoices):
    OURS = "ours", _("Ours")
    THEIRS = "theirs", _("Theirs")


class ReviewQuerySet(models.QuerySet):
    def ahead(self):
        return self.filter(status__in=AHEAD)

    def held(self):
        return self.filter(status__in=HELD)


class Review(TenantModel):
    """A business review of one account over one period: the meeting and its papers."""

    account = TenantForeignKey(Account, on_delete=models.CASCADE)
    # Days in the tenant's time zone; the end is the first day after it.
    period_start = models.DateField()
    period_end = models.DateField()
    # A person said which days: they stay when the review is moved by itself.
    has_chosen_period = models.BooleanField(default=False, db_default=False)
    # By when it is to be held: as planned, whatever happens to the meeting later.
    due_on = models.DateField()
    scheduled_at = models.DateTimeField(null=True, blank=True)
    # Where it stands in the calendar: the day it is scheduled for, or due on; of one
    # that was held the day it was held.
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    # A room, or the address of a call.
    place = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    # Planned for the account's owner: it goes with the account to another one.
    follows_account = models.BooleanField(default=True, db_default=True)
    reason = models.CharField(max_length=16, choices=Why, default=Why.HAND)
    renewal = TenantForeignKey(Renewal, on_delete=models.SET_NULL, null=True)
    language = models.CharField(
        max_length=8, choices=Language, default=Language.ENGLISH
    )
    # Of qbr.agenda.Part, as dictionaries: copied from the template, changed here.
    agenda = models.JSONField(default=list)
    # How many calendar files went out: the SEQUENCE of the next one.
    invited_at = models.DateTimeField(null=True, blank=True)
    invitations = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Meeting mode: when it began, and which part has run since when.
    begun_at = models.DateTimeField(null=True, blank=True)
    running = models.CharField(max_length=40, blank=True)
    running_since = models.DateTimeField(null=True, blank=True)
    # Seconds that each part took, by key, without the running one.
    spent = models.JSONField(default=dict)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=300, blank=True)
    # The letter after it: as prepared and edited, and when it went out.
    summary = models.TextField(blank=True, max_length=20_000)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # Goes up with every change of its settings: who saves an older one is told.
    revision = models.PositiveIntegerField(default=1, db_default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(ReviewQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end__gt=F("period_start")),
                name="review_looks_at_a_period",
                violation_error_message=_("The period ends after it begins."),
            ),
            # Two people, or two sweeps, never prepare the same quarter.
            models.UniqueConstraint(
                fields=["tenant", "account", "period_start", "period_end"],
                condition=~Q(status="cancelled"),
                name="one_review_per_account_and_period",
                violation_error_message=_("This period has its review already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "account"],
                condition=Q(status__in=AHEAD) & ~Q(reason="hand"),
                name="one_planned_review_per_account",
                violation_error_message=_("A review is planned already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=HELD, held_at__isnull=False)
                | ~Q(status__in=HELD) & Q(held_at=None),
                name="held_review_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status="followed_up", sent_at__isnull=False)
                | ~Q(status="followed_up") & Q(sent_at=None),
                name="followed_up_review_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "day", "id"], name="review_by_day"),
            models.Index(
                fields=["tenant", "account", "-day"], name="review_by_account"
            ),
            models.Index(
                fields=["tenant", "owner", "status", "day"], name="review_by_owner"
            ),
        ]

    def __str__(self):
        return f"{self.period_start} – {self.period_end}"

    @property
    def is_ahead(self):
        return self.status in AHEAD

    @property
    def is_held(self):
        return self.status in HELD

    @property
    def path(self):
        """Where it is shown, inside the workspace."""
        return f"/reviews/{self.pk}/"


class Attendee(TenantModel):
    """Somebody who is asked to a review, and whether they came."""

    review = TenantForeignKey(
        Review, on_delete=models.CASCADE, related_name="attendees"
    )
    side = models.CharField(max_length=6, choices=Side)
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
    )
    # Of somebody who is neither a contact nor a colleague.
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    # Decides at the customer, as their roles said when the review was held.
    decides = models.BooleanField(default=False, db_default=False)
    # The address that has the invitation in its calendar; empty: not invited yet.
    invited_as = models.EmailField(max_length=254, blank=True, db_default="")
    # Null: not said yet.
    attended = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "review", "contact"],
                condition=Q(contact__isnull=False),
                name="a_contact_attends_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "review", "user"],
                condition=Q(user__isnull=False),
                name="a_colleague_attends_once",
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user=None, side="theirs")
                | Q(user__isnull=False, contact=None, side="ours")
                | Q(user=None, contact=None) & ~Q(name=""),
                name="attendee_is_somebody",
                violation_error_message=_("Say who comes."),
            ),
        ]

    def __str__(self):
        return self.name or str(self.contact or self.user)
