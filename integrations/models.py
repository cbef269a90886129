from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.keys import TenantForeignKey
from tenants.models import TenantModel


class ImportRun(TenantModel):
    """A file of facts somebody brought in: what it says, and what became of it."""

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("Accounts")
        CONTACT = "contact", _("Contacts")
        CONTRACT = "contract", _("Contracts")
        INVOICE = "invoice", _("Invoices")
        TICKET = "ticket", _("Tickets")

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to be named")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")

    kind = models.CharField(max_length=8, choices=Kind)
    file_name = models.CharField(max_length=200)
    # In the database, so that a worker on any machine finds it; gone when it is done.
    content = models.BinaryField()
    encoding = models.CharField(max_length=16)
    delimiter = models.CharField(max_length=1)
    header = models.JSONField()
    # Field to {"column": name} or {"value": the same text for every row}.
    mapping = models.JSONField(default=dict)
    # Whether days are written day first or month first; empty: as the values tell.
    day_order = models.CharField(max_length=3, blank=True)
    keeps_rest = models.BooleanField(default=False)
    notes = models.JSONField(default=list)
    status = models.CharField(max_length=9, choices=Status, default=Status.UPLOADED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    row_count = models.PositiveIntegerField()
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-created_at"], name="import_run_by_time"),
            models.Index(fields=["tenant", "status"], name="import_run_by_status"),
        ]

    def __str__(self):
        return self.file_name

    @property
    def is_working(self):
        return self.status in (self.Status.CHECKING, self.Status.IMPORTING)

    @property
    def change_count(self):
        return self.created + self.updated


class ImportLine(TenantModel):
    """What one line of the file does, or why it cannot: for the first few hundred."""

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE)
    line = models.PositiveIntegerField()
    status = models.CharField(max_length=9)
    external_id = models.CharField(max_length=200, blank=True)
    # Of a bad line: [{"column", "value", "reason"}]; else [{"field", "was", "is"}].
    details = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "run", "line"], name="one_finding_per_import_line"
            ),
        ]

    def __str__(self):
        return f"{self.line}: {self.status}"
