from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import ExchangeRate
from tenants.models import ApiKey
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tests.factories.accounts import AccountFactory, ContractFactory

URL = "/api/v1/metrics/retention/"


def client_of(tenant, scopes=(ApiKey.Scope.READ,)):
    with tenant_scope(tenant.pk):
        _key, secret = create_api_key(name="BI", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def contract(starts, ends, mrr, currency="USD", account=None):
    ContractFactory(
        account=account or AccountFactory(),
        starts_on=starts,
        ends_on=ends,
        mrr=mrr,
        currency=currency,
    )


def a_year(tenant):
    """1,000 stays, 500 goes, 300 shrinks to 200, 100 € stays while the euro rises."""
    with tenant_scope(tenant.pk):
        for day, rate in ((date(2025, 1, 1), "1.1"), (date(2026, 1, 1), "1.2")):
            ExchangeRate.objects.create(currency="EUR", valid_from=day, rate=rate)
        contract(date(2025, 1, 1), None, 1000)
        contract(date(2025, 1, 1), date(2025, 9, 1), 500)
        shrinks = AccountFactory()
        contract(date(2025, 1, 1), date(2025, 8, 1), 300, account=shrinks)
        contract(date(2025, 8, 1), None, 200, account=shrinks)
        contract(date(2025, 1, 1), None, 100, "EUR")
        contract(date(2025, 10, 1), None, "50.50")


def test_retention(tenant):
    a_year(tenant)

    response = client_of(tenant).get(URL, {"from": "2025-06-30", "to": "2026-06-30"})

    assert response.json() == {
        "opened_on": "2025-06-30",
        "closed_on": "2026-06-30",
        "opening": "1910.00",
        "new": "50.50",
        "expansion": "0.00",
        "contraction": "100.00",
        "churn": "500.00",
        "reactivation": "0.00",
        "currency_effect": "10.00",
        "closing": "1370.50",
        "nrr": 0.685864,
        "grr": 0.685864,
        "logo_churn": 0.25,
        "revenue_churn": 0.314136,
        "accounts": 4,
        "lost_accounts": 1,
        "currency": "USD",
        "unpriced": {},
    }


@time_machine.travel(datetime(2026, 6, 30, 12, tzinfo=UTC), tick=False)
def test_retention_is_of_the_last_year_unless_said(tenant):
    body = client_of(tenant).get(URL).json()

    assert (body["opened_on"], body["closed_on"]) == ("2025-06-30", "2026-06-30")
    assert (body["nrr"], body["logo_churn"], body["closing"]) == (None, None, "0.00")


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"from": "yesterday"}, ["from"]),
        ({"from": "2026-02-30", "to": "x"}, ["from", "to"]),
        ({"from": "2026-05-02", "to": "2026-05-01"}, ["from"]),
        ({"to": "9999-12-31"}, ["to"]),
        ({"form": "2026-05-01"}, ["form"]),
    ],
)
def test_retention_refuses_what_it_does_not_understand(tenant, query, fields):
    response = client_of(tenant).get(URL, query)

    assert (response.status_code, sorted(response.json()["errors"])) == (400, fields)


def test_retention_needs_a_key_that_reads(tenant):
    write_only = client_of(tenant, [ApiKey.Scope.WRITE])

    assert [Client().get(URL).status_code, write_only.get(URL).status_code] == [
        401,
        403,
    ]


def test_retention_of_another_workspace_is_not_counted(tenant, other_tenant):
    a_year(other_tenant)

    response = client_of(tenant).get(URL, {"from": "2025-06-30", "to": "2026-06-30"})

    assert (response.json()["opening"], response.json()["closing"]) == ("0.00", "0.00")
