"""The view that says what runs on a day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import Contract, ContractChange, ContractPause, Span
from tenants.scoping import tenant_scope
from tests.factories.accounts import ContractFactory

AT = datetime(2026, 1, 1, tzinfo=UTC)


def change(contract, day, was_mrr, was_seats=10, was_plan="Pro"):
    Contract.objects.filter(pk=contract.pk).update(is_cut=True)
    return ContractChange.objects.create(
        contract=contract,
        effective_on=day,
        was_mrr=was_mrr,
        was_seats=was_seats,
        was_plan=was_plan,
        at=AT,
    )


def pause(contract, first, resumes=None):
    Contract.objects.filter(pk=contract.pk).update(is_cut=True)
    return ContractPause.objects.create(
        contract=contract, starts_on=first, resumes_on=resumes
    )


def spans(contract):
    return list(
        Span.objects.filter(contract=contract)
        .order_by("starts_on")
        .values_list("starts_on", "ends_on", "mrr", "seats", "plan", "is_paused")
    )


def test_a_contract_that_nothing_changed_is_one_span(in_tenant):
    contract = ContractFactory(mrr=100)

    assert spans(contract) == [
        (date(2026, 1, 1), date(2027, 1, 1), Decimal(100), 10, "Pro", False)
    ]


def test_before_each_change_ran_what_it_replaced(in_tenant):
    contract = ContractFactory(mrr=300, seats=30, plan="Big", ends_on=None)
    change(contract, date(2026, 3, 1), 100, 10, "Small")
    change(contract, date(2026, 6, 1), 200, None, "Mid")

    assert spans(contract) == [
        (date(2026, 1, 1), date(2026, 3, 1), Decimal(100), 10, "Small", False),
        (date(2026, 3, 1), date(2026, 6, 1), Decimal(200), None, "Mid", False),
        (date(2026, 6, 1), None, Decimal(300), 30, "Big", False),
    ]


def test_in_a_pause_nothing_is_paid(in_tenant):
    contract = ContractFactory(mrr=200)
    change(contract, date(2026, 4, 15), 100)
    pause(contract, date(2026, 4, 1), date(2026, 5, 1))

    assert [row[:3] for row in spans(contract)] == [
        (date(2026, 1, 1), date(2026, 4, 1), Decimal(100)),
        (date(2026, 4, 1), date(2026, 4, 15), Decimal(0)),
        (date(2026, 4, 15), date(2026, 5, 1), Decimal(0)),
        (date(2026, 5, 1), date(2027, 1, 1), Decimal(200)),
    ]


def test_what_lies_outside_the_contract_cuts_nothing(in_tenant):
    contract = ContractFactory(mrr=300)
    change(contract, date(2025, 6, 1), 100)
    change(contract, date(2027, 1, 1), 200)
    pause(contract, date(2025, 12, 1), date(2026, 2, 1))
    pause(contract, date(2026, 12, 1))

    assert [row[:3] for row in spans(contract)] == [
        (date(2026, 1, 1), date(2026, 2, 1), Decimal(0)),
        (date(2026, 2, 1), date(2026, 12, 1), Decimal(200)),
        (date(2026, 12, 1), date(2027, 1, 1), Decimal(0)),
    ]


@pytest.mark.parametrize("is_changed", [False, True])
def test_the_view_hides_what_its_tables_hide(tenant, other_tenant, is_changed):
    with tenant_scope(tenant.pk):
        contract = ContractFactory()
        if is_changed:
            change(contract, date(2026, 3, 1), 100)
    query = "SELECT count(DISTINCT contract_id) FROM accounts_span"

    with connection.cursor() as cursor:
        cursor.execute(query)
        seen_by_nobody = cursor.fetchone()
    with tenant_scope(other_tenant.pk), connection.cursor() as cursor:
        cursor.execute(query)
        seen_by_a_stranger = cursor.fetchone()
    with tenant_scope(tenant.pk), connection.cursor() as cursor:
        cursor.execute(query)
        seen_by_its_own = cursor.fetchone()

    assert (seen_by_nobody, seen_by_a_stranger, seen_by_its_own) == ((0,), (0,), (1,))
