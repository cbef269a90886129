"""Notices in business days: the decision date follows the contract and the calendar."""

from datetime import date, timedelta

import pytest

from accounts.models import Contract
from accounts.services import (
    CONTRACTS,
    keep_business_decisions,
    save_item,
    set_calendar,
)
from accounts.tasks import refresh_revenue
from renewals import services
from renewals.models import Reminder, Renewal
from renewals.queries.stale import changed_renewals
from tenants.models import Tenant
from tests.factories.accounts import ContractFactory

# A Wednesday; ten working days before it is Wednesday, 19 May.
END = date(2027, 6, 2)


def business(days, **contract):
    return ContractFactory(
        **{
            "starts_on": date(2026, 6, 2),
            "ends_on": END,
            "notice_unit": "business",
            "notice_days": days,
        }
        | contract
    )


def decision():
    contract = Contract.objects.get()
    return contract.business_decides_on, contract.decides_on


def test_business_days_are_counted_from_the_end(in_tenant):
    business(10)

    moved = keep_business_decisions()

    assert (moved, decision()) == (1, (date(2027, 5, 19), date(2027, 5, 19)))
    assert keep_business_decisions() == 0


def test_a_notice_in_days_of_the_calendar_keeps_no_decision(in_tenant):
    business(10)
    keep_business_decisions()
    Contract.objects.update(notice_unit="calendar")

    keep_business_decisions()

    assert decision() == (None, END - timedelta(days=10))


def test_a_decision_is_never_after_the_end(in_tenant):
    """Somebody wrote an earlier end and has not counted yet."""
    contract = business(0)
    keep_business_decisions()
    Contract.objects.update(ends_on=END - timedelta(days=30))
    contract.refresh_from_db()

    services.sync_renewals(on=date(2027, 1, 1))

    assert contract.decides_on == END - timedelta(days=30)
    assert Renewal.objects.get().decides_on == END - timedelta(days=30)


def test_a_calendar_moves_the_decision_and_the_renewal(in_tenant):
    business(10)
    services.sync_renewals(on=date(2027, 1, 1))

    set_calendar(extra_holidays=[date(2027, 5, 20), date(2027, 5, 24)])
    services.sync_renewals(on=date(2027, 1, 2))

    renewal = Renewal.objects.get()
    assert (renewal.decides_on, renewal.ends_on) == (date(2027, 5, 17), END)
    assert list(changed_renewals()) == []


def test_an_end_that_is_saved_is_counted_from_at_once(in_tenant):
    contract = business(10)
    keep_business_decisions()

    save_item(
        CONTRACTS, {"external_id": contract.external_id, "ends_on": date(2027, 7, 7)}
    )

    assert decision()[0] == date(2027, 6, 23)


def test_the_sweep_counts_what_nobody_counted(in_tenant):
    business(10)
    tenant = Tenant.objects.get()

    refresh_revenue(tenant_id=tenant.pk)

    assert decision()[0] == date(2027, 5, 19)


@pytest.mark.parametrize("country", ["", "KZ"])
def test_the_ladder_counts_from_the_business_decision(in_tenant, country):
    set_calendar(country=country)
    business(30)
    decides_on = {"": date(2027, 4, 21), "KZ": date(2027, 4, 16)}[country]

    for days in (131, 130, 121, 120, 119):
        services.fire_reminders(on=decides_on - timedelta(days=days))

    rows = Reminder.objects.values_list("step", "state", "due_on", "ends_on")
    due_on = decides_on - timedelta(days=120)
    assert list(rows) == [(120, "fired", due_on, END)]


def test_a_holiday_named_later_fires_nothing_twice(in_tenant):
    business(10)
    decides_on = date(2027, 5, 19)
    for days in (120, 90, 60):
        services.fire_reminders(on=decides_on - timedelta(days=days))

    set_calendar(extra_holidays=[date(2027, 5, 20)])
    for days in (59, 31, 30, 29):
        services.fire_reminders(on=decides_on - timedelta(days=days))

    rows = Reminder.objects.order_by("-step").values_list("step", "state", "handled_on")
    assert list(rows) == [
        (120, "fired", decides_on - timedelta(days=120)),
        (90, "fired", decides_on - timedelta(days=90)),
        (60, "fired", decides_on - timedelta(days=60)),
        (30, "fired", decides_on - timedelta(days=31)),
    ]


def test_an_end_that_comes_back_after_a_decision_repeats_nothing(in_tenant):
    contract = ContractFactory(starts_on=date(2026, 6, 2), ends_on=END)
    services.fire_reminders(on=END - timedelta(days=120))
    Contract.objects.update(ends_on=END + timedelta(days=20))
    services.fire_reminders(on=END - timedelta(days=119))
    services.close_renewal(
        Renewal.objects.get(contract=contract),
        result="lost",
        reason="price",
        detail="too high",
        by=None,
        on=END - timedelta(days=118),
    )

    Contract.objects.update(ends_on=END)
    for days in (117, 90):
        services.fire_reminders(on=END - timedelta(days=days))

    rows = Reminder.objects.filter(ends_on=END).order_by("-step")
    assert list(rows.values_list("step", "state", "handled_on")) == [
        (120, "fired", END - timedelta(days=120)),
        (90, "fired", END - timedelta(days=90)),
    ]
