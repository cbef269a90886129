from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from renewals.models.renewal import Renewal
from tenants.keys import TenantForeignKey
from tenants.models import Language, TenantModel
from tenants.scoping import scoped_manager


class Logo(TenantModel):
    """A picture for the head of a document. Never changed: sent offers point to it."""

    content = models.BinaryField()
    content_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.content_type} {self.width}×{self.height}"


class OfferTemplate(TenantModel):
    """How the workspace's offers look: one row a workspace."""

    company = models.CharField(max_length=200, blank=True)
    # Address, registration, bank: what stands small below the name.
    requisites = models.TextField(blank=True, max_length=2000)
    logo = TenantForeignKey(Logo, on_delete=models.SET_NULL, null=True, blank=True)
    colour = models.CharField(
        max_length=7,
        default="#1f4e79",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("As in #1f4e79."))],
    )
    validity_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    tax_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], name="one_offer_template_per_workspace"
            ),
        ]

    def __str__(self):
        return self.company


class OfferWording(TenantModel):
    """What an offer says around its figures, in one language."""

    language = models.CharField(max_length=8, choices=Language)
    title = models.CharField(max_length=200)
    opening = models.TextField(blank=True, max_length=4000)
    terms = models.TextField(blank=True, max_length=8000)
    closing = models.TextField(blank=True, max_length=2000)
    signature = models.TextField(blank=True, max_length=1000)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "language"], name="one_offer_wording_per_language"
            ),
        ]

    def __str__(self):
        return self.title


class OfferQuerySet(models.QuerySet):
    def sent(self):
        """Offers the customer has seen, answered or not."""
        return self.exclude(state=Offer.State.DRAFT)


class Offer(TenantModel):
    """What we propose for the next term. Once sent it is frozen; a change is a version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    renewal = TenantForeignKey(Renewal, on_delete=models.CASCADE, related_name="offers")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    language = models.CharField(max_length=8, choices=Language)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    term_months = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    valid_until = models.DateField()
    tax_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True
    )
    seats = models.PositiveIntegerField(null=True, blank=True)
    # What the customer got of it, in words; and what else is to be said.
    value = models.TextField(blank=True, max_length=4000)
    note = models.TextField(blank=True, max_length=4000)
    # Of renewals.offering.pricing.Line, as text.
    lines = models.JSONField(default=list)
    # Copies of what the lines come to, in the currency: a year, and the whole term.
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    # Goes up with every change: who saves an older one is told.
    revision = models.PositiveIntegerField(default=1)
    # All that the document says, as it was sent; the file is made of it alone.
    document = models.JSONField(null=True, blank=True)
    logo = TenantForeignKey(Logo, on_delete=models.SET_NULL, null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(OfferQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "renewal", "version"],
                name="one_offer_per_version",
            ),
            models.UniqueConstraint(
                fields=["tenant", "renewal"],
                condition=Q(state="draft"),
                name="one_draft_offer_per_renewal",
                violation_error_message=_("There is a draft already."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sent_at=None, document__isnull=True)
                | ~Q(state="draft") & Q(sent_at__isnull=False, document__isnull=False),
                name="sent_offer_has_its_document",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, total__gte=0),
                name="offer_is_not_negative",
                violation_error_message=_("An offer is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(term_months__gte=1),
                name="offer_has_a_term",
            ),
        ]
        ordering = ["-version"]

    def __str__(self):
        return _("Offer, version %d") % self.version

    @property
    def is_draft(self):
        return self.state == self.State.DRAFT


class OfferFile(TenantModel):
    """The very bytes that were sent."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"

    offer = TenantForeignKey(Offer, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "offer", "kind"], name="one_file_per_offer_and_kind"
            ),
        ]

    def __str__(self):
        return f"{self.offer_id}.{self.kind}"
