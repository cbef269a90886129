import re

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class Channel(models.TextChoices):
    IN_APP = "in_app", _("In the app")
    EMAIL = "email", _("E-mail")


class Topic(models.TextChoices):
    """What a notice is about: the first word of its kind ("renewal.stuck")."""

    RENEWAL = "renewal", _("Renewals")
    REVIEW = "review", _("Reviews and what was promised in them")
    HEALTH = "health", _("Health")
    USAGE = "usage", _("Usage and sources")
    TASK = "task", _("Tasks")
    OTHER = "other", _("Everything else")

    @classmethod
    def of(cls, kind):
        word = re.split(r"[._]", kind)[0]
        return cls(word) if word in cls.values else cls.OTHER


class Preference(TenantModel):
    """Whether a person wants the notices of one topic over one channel."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    # A Topic.
    kind = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel)
    is_wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "kind", "channel"],
                name="one_preference_per_kind_and_channel",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.channel}"


class QuietHours(TenantModel):
    """When a person wants no mail: it waits until they are over."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    # By the clock of the zone; over midnight when they end before they begin.
    starts = models.TimeField(verbose_name=_("From"))
    ends = models.TimeField(verbose_name=_("Until"))
    # Empty: the workspace's.
    timezone = models.CharField(max_length=64, blank=True)
    # What cannot wait is mailed all the same.
    urgent_passes = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"], name="one_time_of_quiet_per_person"
            ),
            models.CheckConstraint(
                condition=~Q(starts=models.F("ends")),
                name="quiet_hours_are_not_the_whole_day",
                violation_error_message=_("They cannot begin and end at once."),
            ),
        ]

    def __str__(self):
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"


class MessageQuerySet(models.QuerySet):
    def due(self, at):
        """Waiting messages whose next attempt is due."""
        return self.filter(state=Message.State.WAITING, next_attempt_at__lte=at)

    def inbox_of(self, user):
        """What a person is told in the app."""
        return self.filter(
            recipient=user, channel=Channel.IN_APP, state=Message.State.SENT
        )

    def unread(self):
        return self.filter(read_at=None)

    def dead(self):
        return self.filter(state=Message.State.DEAD)


class Message(TenantModel):
    """Something to be delivered to one person over one channel: a row of the outbox.

    Recorded with the fact it tells of, in the same transaction; a sender claims it.
    Delivered once, or visibly dead. An in-app message is delivered by being there.
    """

    # The kind whose path lies outside the workspace: its reader is not in it yet.
    INVITATION = "invitation"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Not deliverable")
        # What it told of is no longer so: never sent, no longer shown.
        RECALLED = "recalled", _("Recalled")

    channel = models.CharField(max_length=8, choices=Channel)
    # The same fact told twice to the same person is the same message.
    unique_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=64)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
    )
    address = models.CharField(max_length=254, blank=True)
    # To somebody outside: their language (empty: the workspace's), and who is answered.
    language = models.CharField(max_length=8, blank=True, db_default="")
    reply_to = models.CharField(max_length=254, blank=True, db_default="")
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    # Where it leads, inside the workspace: "/renewals/…/".
    path = models.CharField(max_length=500, blank=True)
    # Mailed in a person's quiet hours, too, if they let it.
    is_urgent = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = scoped_manager(MessageQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "unique_key", "channel"],
                name="one_message_per_fact_person_and_channel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_attempt_at"],
                condition=Q(state="waiting"),
                name="message_waiting",
            ),
            models.Index(
                fields=["tenant", "recipient", "-created_at"],
                condition=Q(channel="in_app"),
                name="message_inbox",
            ),
        ]

    def __str__(self):
        return self.subject


class Attachment(TenantModel):
    """A file that goes with a message."""

    message = TenantForeignKey(
        Message, on_delete=models.CASCADE, related_name="attachments"
    )
    name = models.CharField(max_length=200)
    # With its parameters: "text/calendar; method=REQUEST".
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self):
        return self.name
