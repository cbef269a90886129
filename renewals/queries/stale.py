"""Where renewals and the facts they follow (contracts, accounts) no longer agree."""

from collections import defaultdict

from django.db.models import (
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, Least

from accounts.models import Account, Contract, NoticeUnit, Stage
from cs_platform.lib import clock
from renewals import ladder
from renewals.models import Opportunity, Renewal
from renewals.queries.ladders import ladder_in_force
from tenants.models import Tenant
from worklist.models import Alert

LOW_HEALTH = "renewal.low_health"
NOTICE = "renewal.notice"

RENEWAL_MRR = Coalesce(F("contract__mrr_at_end"), F("contract__mrr"))
SERVED = Q(account__archived_at=None) & ~Q(account__lifecycle_stage=Stage.CHURNED)
BY_NOTICE = ExpressionWrapper(
    F("contract__ends_on") - F("contract__notice_days"), output_field=DateField()
)
# As Contract.decides_on says it.
DECIDES = Case(
    When(
        contract__notice_unit=NoticeUnit.BUSINESS,
        contract__business_decides_on__isnull=False,
        then=Least("contract__business_decides_on", "contract__ends_on"),
    ),
    default=BY_NOTICE,
    output_field=DateField(),
)


def contracts_without_renewal(day):
    """Contracts of served accounts that end on `day` or later and have no renewal."""
    own = Renewal.objects.filter(tenant=OuterRef("tenant"), contract=OuterRef("pk"))
    return Contract.objects.filter(
        SERVED,
        ~Exists(own.filter(ends_on=OuterRef("ends_on"))),
        ~Exists(own.undecided()),
        ends_on__gte=day,
    )


def changed_renewals():
    """Undecided renewals whose contract says another date or amount, or runs again."""
    same_term = Renewal.objects.filter(
        tenant=OuterRef("tenant"),
        contract=OuterRef("contract"),
        ends_on=OuterRef("contract__ends_on"),
    ).exclude(pk=OuterRef("pk"))
    return Renewal.objects.undecided().filter(
        SERVED,
        ~Q(ends_on=F("contract__ends_on"))
        | ~Q(decides_on=DECIDES)
        | ~Q(amount=RENEWAL_MRR * 12)
        | ~Q(currency=F("contract__currency"))
        | Q(stopped_at__isnull=False),
        ~Exists(same_term),
        contract__ends_on__isnull=False,
    )


def renewals_of_another_ladder(day):
    """Open renewals with nothing due that were armed by a ladder not in force."""
    nothing_due = Q(next_fire_on=None) | Q(next_fire_on__gt=day)
    return Renewal.objects.open().filter(nothing_due, ~Q(ladder=ladder_in_force()))


def ended_renewals():
    """Open renewals with nothing left to renew.

    The contract lost its end, or runs to one that is decided already, or the account is
    no longer served.
    """
    decided = Renewal.objects.filter(
        tenant=OuterRef("tenant"),
        contract=OuterRef("contract"),
        ends_on=OuterRef("contract__ends_on"),
    ).exclude(pk=OuterRef("pk"))
    return Renewal.objects.open().filter(
        Q(contract__ends_on=None) | ~SERVED | Exists(decided)
    )


def renewals_of_another_owner():
    """Undecided renewals that follow the account's owner, who is another by now."""
    return _of_another_owner(Renewal.objects.undecided().filter(is_owner_chosen=False))


def opportunities_of_another_owner():
    """Open opportunities that follow the account's owner, who is another by now."""
    return _of_another_owner(Opportunity.objects.open().filter(follows_account=True))


def _of_another_owner(rows):
    return rows.annotate(
        has=Coalesce("owner_id", 0), account_has=Coalesce("account__owner_id", 0)
    ).exclude(has=F("account_has"))


def renewals_of_another_notice():
    """Open renewals whose contract says another notice, or none, than was heard of."""
    given = F("contract__notice_given_on")
    return Renewal.objects.open().filter(
        Q(noticed_on=None, contract__notice_given_on__isnull=False)
        | Q(noticed_on__isnull=False, contract__notice_given_on=None)
        | Q(noticed_on__lt=given)
        | Q(noticed_on__gt=given)
    )


def recovered_alerts():
    """Open alerts of low health whose accounts are not low any more."""
    return Alert.objects.open().filter(
        kind=LOW_HEALTH, account__score__gte=ladder.LOW_SCORE
    )


def nearest_decision():
    """Of the account of the outer query: the first open decision, or null."""
    return Subquery(
        Renewal.objects.open()
        .filter(tenant=OuterRef("tenant"), account=OuterRef("pk"))
        .order_by("decides_on")
        .values("decides_on")[:1]
    )


def accounts_of_another_decision():
    """Accounts whose `decides_on` is not that of their nearest open renewal."""
    return Account.objects.annotate(nearest=nearest_decision()).filter(
        ~Q(decides_on=F("nearest"))
        | Q(decides_on=None, nearest__isnull=False)
        | Q(decides_on__isnull=False, nearest=None)
    )


def tenants_with_work(now):
    """The day of each tenant with something to sync or to fire: {tenant id: day}.

    Asked over the wall; at any instant there are at most three days on Earth.
    """
    days = defaultdict(list)
    for tenant_id, zone in Tenant.objects.values_list("pk", "timezone"):
        days[clock.day_of(now, zone)].append(tenant_id)
    return {
        tenant_id: day
        for day, tenant_ids in days.items()
        for work in _work(day)
        for tenant_id in work.filter(tenant__in=tenant_ids)
        .order_by()
        .values_list("tenant_id", flat=True)
        .distinct()
    }


def tenants_with_renewals() -> list[int]:
    """Those that have any. Asked over the wall."""
    own = Renewal.objects.filter(tenant=OuterRef("pk"))
    return list(
        Tenant.objects.filter(Exists(own)).order_by("pk").values_list("pk", flat=True)
    )


def _work(day):
    return (
        Renewal.objects.due(day),
        contracts_without_renewal(day),
        changed_renewals(),
        ended_renewals(),
        renewals_of_another_ladder(day),
        renewals_of_another_owner(),
        opportunities_of_another_owner(),
        renewals_of_another_notice(),
        accounts_of_another_decision(),
        recovered_alerts(),
    )
