from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renewals.models.renewal import Renewal, Stage
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class Need(models.TextChoices):
    """How much a stage wants one item of its checklist."""

    REQUIRED = "required", _("Required")
    ADVISORY = "advisory", _("Good to have")
    OFF = "off", _("Not asked")


class PipelineRule(TenantModel):
    """How strictly a workspace goes through its stages. Without a row: as shipped."""

    # Whether an owner may go on with gaps, saying why; a lead always may.
    may_skip = models.BooleanField(default=True, db_default=True)
    # Whether a green deal gets its first task, and goes on, by itself.
    is_standard_path = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="one_pipeline_rule"),
        ]

    def __str__(self):
        return "pipeline"


class StageRule(TenantModel):
    """For how long a deal may stand in a stage before it counts as stuck."""

    stage = models.CharField(max_length=12, choices=Stage)
    limit_days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "stage"], name="one_rule_per_stage"
            ),
        ]

    def __str__(self):
        return f"{self.stage}: {self.limit_days}"


class ItemRule(TenantModel):
    """One item of a stage's checklist as a workspace wants it.

    A shipped item has no title of its own; one of the workspace's own has.
    """

    stage = models.CharField(max_length=12, choices=Stage)
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=120, blank=True)
    need = models.CharField(max_length=8, choices=Need, default=Need.REQUIRED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="one_rule_per_item"),
        ]

    def __str__(self):
        return self.title or self.key


class ChecklistItem(TenantModel):
    """A person says that something is done, and by what one can see it.

    What the data shows by itself is in no row: it is read where it stands.
    """

    renewal = TenantForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="ticked_items"
    )
    stage = models.CharField(max_length=12, choices=Stage)
    key = models.CharField(max_length=40)
    # In words: what was done, or the name of the file.
    evidence = models.CharField(max_length=500)
    link = models.URLField(max_length=500, blank=True)
    done_at = models.DateTimeField()
    # Null: a program said so.
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "renewal", "key"], name="one_tick_per_item"
            ),
            models.CheckConstraint(
                condition=~Q(evidence=""),
                name="a_tick_says_what_was_done",
                violation_error_message=_("Say by what one can see it."),
            ),
        ]

    def __str__(self):
        return f"{self.key}: {self.evidence}"
