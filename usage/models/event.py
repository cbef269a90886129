from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.keys import TenantForeignKey
from tenants.models import Tenant, TenantModel
from tenants.scoping import scoped_manager
from usage.models.source import Source


class Leaf(models.Model):
    """Base of the partitioned tables: no key points at their rows, and none of their
    columns is a key in the database, where one would be paid for with every event.
    """

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )

    objects = scoped_manager()

    class Meta:
        abstract = True


class Kind(models.TextChoices):
    TRACK = "track", _("Track")
    IDENTIFY = "identify", _("Identify")
    GROUP = "group", _("Group")
    PAGE = "page", _("Page")
    SCREEN = "screen", _("Screen")
    ALIAS = "alias", _("Alias")


class Flag(models.IntegerChoices):
    """What had to be assumed about an event's time; a sum of these is stored."""

    CLAMPED = 1, _("In the future: the time it was received was taken")
    UNREADABLE = 2, _("No readable time: the time it was received was taken")
    SKEWED = 4, _("The client's clock is off by more than a day")
    CORRECTED = 8, _("Corrected by the client's clock error")


class Event(Leaf):
    """One message of the customer's product: who did what, when.

    Partitioned by month of `occurred_at`. It never changes: whose event it is may
    become known later, and is asked of the memberships each time.
    """

    pk = models.CompositePrimaryKey("tenant", "occurred_at", "message_key")
    occurred_at = models.DateTimeField()
    # 128 bits of a hash over source and messageId: decides what a repetition is.
    message_key = models.UUIDField()
    source_id = models.UUIDField()
    batch_id = models.UUIDField()
    received_at = models.DateTimeField()
    message_id = models.TextField()
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.TextField()
    user_ref = models.TextField()
    anonymous_ref = models.TextField()
    # groupId, else context.groupId, else properties.groupId.
    group_ref = models.TextField()
    # What an alias replaces.
    previous_ref = models.TextField()
    # Of identify and group: the traits.
    properties = models.JSONField()
    # What else the message carried: context and keys nobody knows.
    extra = models.JSONField(null=True)
    flags = models.PositiveSmallIntegerField(default=0)

    def __str__(self):
        return f"{self.kind} {self.name or self.message_id}"


class MessageKey(Leaf):
    """That a message was taken in: the memory by which a repetition is known.

    In generations of some days, so that the random index that is written to stays
    small and forgetting is dropping a table (`usage.partitions`).
    """

    pk = models.CompositePrimaryKey("tenant", "message_key", "generation")
    message_key = models.UUIDField()
    generation = models.PositiveIntegerField()

    def __str__(self):
        return str(self.message_key)


class IngestBatch(TenantModel):
    """The receipt of one request, and the claim of the roll-up on its events.

    Recorded in the transaction that stores the events; the roll-up claims those whose
    `rolled_up_at` is empty. Its id is the events' `batch_id`.
    """

    source = TenantForeignKey(Source, on_delete=models.CASCADE)
    received_at = models.DateTimeField()
    accepted = models.PositiveIntegerField()
    duplicate = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField()
    rolled_up_at = models.DateTimeField(null=True)
    # A batch that fails again and again is set aside, seen, and retried by hand.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    set_aside_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(rolled_up_at=None),
                name="batch_to_roll_up",
            ),
            models.Index(
                fields=["tenant", "source", "-received_at"], name="batch_by_source"
            ),
        ]

    def __str__(self):
        return f"{self.received_at}: {self.accepted}"


class Quarantine(TenantModel):
    """A message we could not take in: kept whole, to be fixed and replayed."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        REPLAYED = "replayed", _("Replayed")
        DISCARDED = "discarded", _("Discarded")

    source = TenantForeignKey(Source, on_delete=models.CASCADE)
    batch_id = models.UUIDField()
    received_at = models.DateTimeField()
    # Its place in the request.
    index = models.PositiveIntegerField()
    message_id = models.TextField(blank=True)
    # What the path said it was, when it did not say so itself.
    kind = models.CharField(max_length=8, choices=Kind, blank=True)
    code = models.CharField(max_length=40)
    message = models.TextField()
    # Text, not jsonb: what is here may be what jsonb refuses.
    body = models.TextField()
    # Of source and body: a retry does not fill the quarantine.
    key = models.UUIDField()
    # When the sender sent it, of the request: the time rules need it at a replay.
    sent_at = models.TextField(blank=True)
    # What the request said about all its messages, as JSON: their group may stand there.
    context = models.TextField(blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"], name="one_quarantined_copy_of_a_message"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "state", "-received_at", "id"],
                name="quarantine_by_state",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.message_id}"
