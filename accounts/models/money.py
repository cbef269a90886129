from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from tenants.keys import TenantForeignKey
from tenants.models import TenantModel
from tenants.scoping import scoped_manager


class NoticeUnit(models.TextChoices):
    CALENDAR = "calendar", _("Calendar days")
    BUSINESS = "business", _("Business days")


class ContractQuerySet(models.QuerySet):
    def in_force(self, day):
        """Contracts that run on `day`: starts_on <= day < ends_on, or no end."""
        return self.filter(starts_on__lte=day).filter(
            Q(ends_on=None) | Q(ends_on__gt=day)
        )


class Contract(TenantModel):
    """What the customer bought, for how long and for how much a month.

    Its plan, MRR and seats are what was agreed last; what ran before, and in pauses, is
    told by `ContractChange` and `ContractPause`. On a day they are read from `Span`.
    """

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
    notice_unit = models.CharField(
        max_length=8,
        choices=NoticeUnit,
        default=NoticeUnit.CALENDAR,
        db_default=NoticeUnit.CALENDAR,
    )
    # For how long it renews by itself; as long as the first term without.
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    # What the price rises by at each anniversary.
    uplift_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True
    )
    # The day the customer said that they do not go on.
    notice_given_on = models.DateField(null=True, blank=True)
    # Kept by services. The decision counted in business days; null when it is not.
    business_decides_on = models.DateField(null=True, editable=False)
    # The MRR on the last day, where a rise before it is known; null when it is `mrr`.
    mrr_at_end = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, editable=False
    )
    # It was changed or paused at least once: the view of spans looks no further where
    # not, so that most contracts cost what a row costs.
    is_cut = models.BooleanField(default=False, db_default=False, editable=False)
    # The next anniversary on which the price rises.
    rises_on = models.DateField(null=True, editable=False)
    # When the end was last said; null: when the contract was entered. An end that was
    # told after the fact is no end of a term that renews by itself.
    end_told_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    # What runs on a day, put here by `queries.as_they_run`.
    running_mrr: Decimal
    is_paused: bool

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
            models.CheckConstraint(
                condition=Q(uplift_percent=None) | Q(uplift_percent__range=(0, 100)),
                name="contract_uplift_is_0_to_100",
                violation_error_message=_("A rise is 0 to 100 percent a year."),
            ),
            models.CheckConstraint(
                condition=Q(term_months=None) | Q(term_months__range=(1, 120)),
                name="contract_term_is_1_to_120_months",
                violation_error_message=_("A term is 1 to 120 months."),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "ends_on"], name="contract_by_end"),
            models.Index(
                fields=["tenant", "rises_on"],
                name="contract_by_rise",
                condition=Q(rises_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.plan} {self.external_id}".strip()

    @property
    def renewal_mrr(self):
        """The MRR on the last day, as far as it is known: what there is to renew."""
        return self.mrr if self.mrr_at_end is None else self.mrr_at_end

    @property
    def decides_on(self) -> date | None:
        """The last day to say no: the end minus the notice. None when open-ended.

        A notice in business days is counted by the services; until they have, days of
        the calendar stand for it. Never after the end. In SQL: renewals.queries.stale.
        """
        if self.ends_on is None:
            return None
        if self.notice_unit == NoticeUnit.BUSINESS and self.business_decides_on:
            return min(self.business_decides_on, self.ends_on)
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
