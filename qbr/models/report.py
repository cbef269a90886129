from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qbr.models.review import Review
from tenants.keys import TenantForeignKey
from tenants.models import Language, TenantModel
from tenants.scoping import scoped_manager


class ReportState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting")
    MAKING = "making", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class ReportQuerySet(models.QuerySet):
    def due(self, now):
        """Reports a worker may take: asked for, or left by one that died."""
        return self.filter(
            Q(state=ReportState.WAITING)
            | Q(state=ReportState.MAKING, leased_until__lt=now)
        )


class Report(TenantModel):
    """The papers of a review: its figures with their definitions, and its words."""

    review = TenantForeignKey(Review, on_delete=models.CASCADE, related_name="reports")
    version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=8, choices=Language)
    # [{"key", "is_on", "words"}] in their order.
    sections = models.JSONField(default=list)
    # Values, definitions, units and the rows they were made of.
    figures = models.JSONField(default=dict)
    figured_at = models.DateTimeField(null=True, blank=True)
    # From then on neither sections nor figures change.
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # Of the files.
    state = models.CharField(
        max_length=8, choices=ReportState, default=ReportState.DRAFT
    )
    # Counted before the work: a worker that dies has tried too.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, db_default="")
    progress = models.PositiveSmallIntegerField(default=0, db_default=0)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    # Goes up with every change: who saves an older one is told.
    revision = models.PositiveIntegerField(default=1, db_default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(ReportQuerySet)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "review", "version"], name="one_report_per_version"
            ),
            models.CheckConstraint(
                condition=Q(frozen_at=None) | Q(figured_at__isnull=False),
                name="frozen_report_has_its_figures",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "state", "asked_at", "id"], name="report_by_state"
            ),
        ]

    def __str__(self):
        return f"{self.review_id} {self.version}"

    @property
    def is_in_line(self):
        """Its files are asked for and not there yet."""
        return self.state in (ReportState.WAITING, ReportState.MAKING)


class ReportFile(TenantModel):
    """The very bytes of one form of a report."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        PPTX = "pptx", "PowerPoint"

    report = TenantForeignKey(Report, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "report", "kind"], name="one_file_per_report_and_kind"
            ),
        ]

    def __str__(self):
        return f"{self.report_id}.{self.kind}"


class ReportLinkQuerySet(models.QuerySet):
    def open(self, now):
        return self.filter(revoked_at=None, expires_at__gt=now)


class ReportLink(TenantModel):
    """A secret address at which a customer reads one report. Only its digest is kept."""

    report = TenantForeignKey(Report, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64)
    # For whom it was made, in words.
    label = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # Hung on by who lists them.
    latest_views: "list[ReportView]"
    earlier: int
    has_expired: bool

    objects = scoped_manager(ReportLinkQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "digest"], name="report_link_digest_unique"
            ),
        ]

    def __str__(self):
        return self.digest[:8]


class ReportView(TenantModel):
    """Somebody opened a report by its link."""

    link = TenantForeignKey(ReportLink, on_delete=models.CASCADE, related_name="views")
    at = models.DateTimeField()
    # "page", "pdf" or "pptx"; and the browser's name of itself.
    what = models.CharField(max_length=8, default="page")
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "link", "-at"], name="report_view_by_link"),
        ]

    def __str__(self):
        return f"{self.what} {self.at}"
