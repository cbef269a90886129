"""The life of a contract: what ran before its latest terms, pauses, and credits."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.money import Contract
from tenants.keys import TenantForeignKey, UncheckedTenantForeignKey
from tenants.models import Tenant, TenantModel
from tenants.scoping import scoped_manager


class ChangeKind(models.TextChoices):
    CHANGE = "change", _("Change")
    UPLIFT = "uplift", _("Yearly rise")
    UPSELL = "upsell", _("Upsell")
    DOWNSELL = "downsell", _("Downsell")
    PARTIAL_LOSS = "partial_loss", _("Partial loss")
    RENEWAL = "renewal", _("Renewal")


def _author():
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )


class ContractChange(TenantModel):
    """From this day other terms run; kept is what ran the day before.

    Kept backwards, so that the contract itself always says what was agreed last.
    """

    contract = TenantForeignKey(
        Contract, on_delete=models.CASCADE, related_name="changes"
    )
    effective_on = models.DateField()
    kind = models.CharField(
        max_length=12, choices=ChangeKind, default=ChangeKind.CHANGE
    )
    was_mrr = models.DecimalField(max_digits=14, decimal_places=2)
    was_seats = models.PositiveIntegerField(null=True, blank=True)
    was_plan = models.CharField(max_length=100, blank=True)
    # What it says, of mrr, seats and plan; the rest ran on from before.
    says = ArrayField(models.CharField(max_length=8), default=list, db_default=[])
    # Where it came with another end of the contract: the end there was.
    was_ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = _author()
    # When it became known to us.
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "effective_on"],
                name="one_change_per_contract_and_day",
                violation_error_message=_("The terms change on this day already."),
            ),
            models.CheckConstraint(
                condition=Q(was_mrr__gte=0), name="former_mrr_is_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.effective_on} {self.kind}"


class ContractPause(TenantModel):
    """The customer pays nothing from the first day until the day it resumes."""

    contract = TenantForeignKey(
        Contract, on_delete=models.CASCADE, related_name="pauses"
    )
    starts_on = models.DateField()
    # The first day that is paid for again; not known yet without.
    resumes_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = _author()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "starts_on"],
                name="one_pause_per_contract_and_day",
                violation_error_message=_("A pause begins on this day already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "contract"],
                condition=Q(resumes_on=None),
                name="one_open_pause_per_contract",
                violation_error_message=_("The contract is paused already."),
            ),
            models.CheckConstraint(
                condition=Q(resumes_on=None) | Q(resumes_on__gt=F("starts_on")),
                name="pause_resumes_after_it_starts",
                violation_error_message=_("It resumes after it is paused."),
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.starts_on} – {self.resumes_on or '…'}"


class Credit(TenantModel):
    """Money given back or let off once; never recurring revenue."""

    contract = TenantForeignKey(
        Contract, on_delete=models.CASCADE, related_name="credits"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    by = _author()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="credit_is_more_than_zero",
                violation_error_message=_("A credit is more than zero."),
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.on} {self.amount} {self.currency}"


class SpanQuerySet(models.QuerySet):
    def on(self, day):
        """What runs on a day: starts_on <= day < ends_on, or no end."""
        return self.filter(starts_on__lte=day).filter(
            Q(ends_on=None) | Q(ends_on__gt=day)
        )


class Span(models.Model):
    """A stretch of a contract's life in which the same terms run; a view, read only.

    The contract cut at its changes and pauses: its spans follow each other without a
    gap from its first day to its end. In a pause the MRR is 0.
    """

    pk = models.CompositePrimaryKey("tenant", "contract", "starts_on")
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )
    contract = UncheckedTenantForeignKey(Contract, on_delete=models.DO_NOTHING)
    account = UncheckedTenantForeignKey(Account, on_delete=models.DO_NOTHING)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    mrr = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    seats = models.PositiveIntegerField(null=True)
    plan = models.CharField(max_length=100)
    is_paused = models.BooleanField()

    objects = scoped_manager(SpanQuerySet)

    class Meta:
        managed = False
        db_table = "accounts_span"

    def __str__(self):
        return f"{self.contract_id} {self.starts_on} {self.mrr}"
