from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class Priority(models.IntegerChoices):
    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class TaskQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Task.Status.OPEN)

    def overdue(self, day):
        return self.open().filter(due_on__lt=day)


class Task(TenantModel):
    """Something one person has to do about an account, by a day, and why."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DISMISSED = "dismissed", _("Dismissed")

    # What made it, so that the same fact never makes it twice; null: a person did.
    unique_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 (unique when given)
    account = TenantForeignKey(Account, on_delete=models.CASCADE, null=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    because = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    due_on = models.DateField()
    priority = models.PositiveSmallIntegerField(
        choices=Priority, default=Priority.NORMAL
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    # Where it leads, inside the workspace: "/renewals/…/".
    path = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    objects = scoped_manager(TaskQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "unique_key"], name="one_task_per_fact"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "owner", "due_on", "id"],
                condition=Q(status="open"),
                name="task_open_by_owner",
            ),
            models.Index(
                fields=["tenant", "due_on", "id"],
                condition=Q(status="open"),
                name="task_open_by_due",
            ),
        ]

    def __str__(self):
        return self.title


class AlertQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at=None)

    def unanswered(self):
        """Urgent ones that nobody has said to work on."""
        return self.open().filter(priority=Priority.URGENT, acknowledged_at=None)


class Alert(TenantModel):
    """An episode of something wrong with an account: opened, seen, worked, over."""

    account = TenantForeignKey(Account, on_delete=models.CASCADE, null=True)
    kind = models.CharField(max_length=40)
    # What it is about when not an account: "source:<id>". One open episode each.
    subject = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    because = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.HIGH)
    path = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    # By a person, or healed by itself (null).
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    objects = scoped_manager(AlertQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject"],
                condition=Q(resolved_at=None),
                name="one_open_alert_per_kind_and_subject",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "owner", "-opened_at"],
                condition=Q(resolved_at=None),
                name="alert_open_by_owner",
            ),
        ]

    def __str__(self):
        return self.title


class EscalationRule(TenantModel):
    """How long an urgent alert may stay unanswered before others are told."""

    # Of each step of the chain; null: nobody is told.
    after_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, verbose_name=_("Hours until the next are told")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], name="one_escalation_rule_per_workspace"
            ),
            models.CheckConstraint(
                condition=Q(after_hours=None) | Q(after_hours__range=(1, 336)),
                name="escalation_takes_an_hour_to_two_weeks",
                violation_error_message=_("Give 1 to 336 hours."),
            ),
        ]

    def __str__(self):
        return f"{self.after_hours} h"


class Escalation(TenantModel):
    """Others were told that nobody answers an urgent alert: one step of the chain.

    Its existence is the claim; the notices commit with it.
    """

    class Level(models.IntegerChoices):
        LEAD = 1, _("The lead")
        ABOVE = 2, _("Who the lead reports to")
        ADMINS = 3, _("The admins")

    alert = TenantForeignKey(
        Alert, on_delete=models.CASCADE, related_name="escalations"
    )
    level = models.PositiveSmallIntegerField(choices=Level)
    at = models.DateTimeField()
    # Whom, as they were called; nobody when the step had no one who did not know.
    told = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "alert", "level"],
                name="one_escalation_per_alert_and_level",
            ),
        ]

    def __str__(self):
        return self.get_level_display()
