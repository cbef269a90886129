from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class ContractQuerySet(models.QuerySet):
    def in_force(self, day):
        """Contracts that run on `day`: starts_on <= day < ends_on, or no end."""
        return self.filter(starts_on__lte=day).filter(
            Q(ends_on=None) | Q(ends_on__gt=day)
        )


class Contract(TenantModel):
    """What the customer bought, for how long and for how much a month."""

    external_id = models.CharField(max_length=200)
    account = TenantForeignKey(
        Account, on_delete=models.CASCADE, related_name="contracts"
    )
    plan = models.CharField(max_length=100, blank=True)
    starts_on = models.DateField()
    # The first day that is no longer paid for; open-ended without.
    ends_on = models.DateField(null=True, blank=True)
    mrr = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    seats = models.PositiveIntegerField(null=True, blank=True)
    auto_renew = models.BooleanField(default=False)
    notice_days = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(ContractQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="contract_external_id_unique_in_tenant",
                violation_error_message=_("Another contract has this external id."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="contract_ends_after_it_starts",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                condition=Q(mrr__gte=0),
                name="contract_mrr_is_not_negative",
                violation_error_message=_("MRR cannot be negative."),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "ends_on"], name="contract_by_end"),
        ]

    def __str__(self):
        return f"{self.plan} {self.external_id}".strip()

    @property
    def decides_on(self) -> date | None:
        """The last day to say no: the end minus the notice. None when open-ended."""
        if self.ends_on is None:
            return None
        return self.ends_on - timedelta(days=self.notice_days)


class Invoice(TenantModel):
    """A bill to the customer, and whether and when it was paid."""

    external_id = models.CharField(max_length=200)
    account = TenantForeignKey(
        Account, on_delete=models.CASCADE, related_name="invoices"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="invoice_external_id_unique_in_tenant",
                violation_error_message=_("Another invoice has this external id."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")),
                name="invoice_is_due_after_it_is_issued",
                violation_error_message=_("The due date is before the issue date."),
            ),
        ]

    def __str__(self):
        return self.external_id


class ExchangeRate(TenantModel):
    """What one unit of a currency is worth in the tenant's own, from a day on."""

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "currency", "valid_from"],
                name="one_rate_per_currency_and_day",
                violation_error_message=_("There is a rate for this day already."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0),
                name="exchange_rate_is_positive",
                violation_error_message=_("A rate is more than zero."),
            ),
        ]

    def __str__(self):
        return f"{self.currency} {self.rate}"
