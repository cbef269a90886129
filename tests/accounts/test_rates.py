from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, ExchangeRate
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory

PAGE = "/t/acme/settings/rates/"
API = "/api/v1/exchange-rates/"
EUR = {"currency": "EUR", "rate": "1.25", "valid_from": "2020-01-01"}


@pytest.fixture(autouse=True)
def _a_contract_in_euro(tenant):
    with tenant_scope(tenant.pk):
        ContractFactory(
            account=AccountFactory(),
            currency="EUR",
            mrr=100,
            starts_on=date(2020, 1, 1),
            ends_on=None,
        )


def test_a_rate_makes_the_mrr_of_its_accounts_true(ops_client, ops, tenant):
    answer = ops_client.post(PAGE, EUR | {"currency": "eur"})

    assert answer.status_code == 302
    with tenant_scope(tenant.pk):
        assert Account.objects.get().mrr == Decimal("125.00")
        entry = AuditEntry.objects.get(action="exchange_rate.set")
        assert (entry.by, entry.after["rate"]) == (ops, "1.25")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"currency": "XQX"}, "currency"),
        ({"currency": "USD"}, "currency"),
        ({"rate": "0"}, "rate"),
        ({"rate": "-1"}, "rate"),
        ({"valid_from": "soon"}, "valid_from"),
    ],
)
def test_a_bad_rate_is_refused_at_its_field(ops_client, api, change, wrong):
    page = ops_client.post(PAGE, EUR | change)
    answer = api.post(API, EUR | change, format="json")

    assert (page.status_code, list(page.context["form"].errors)) == (422, [wrong])
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [wrong])


def test_a_program_says_a_rate_and_says_it_again(api, tenant):
    answers = [
        api.post(API, EUR, format="json"),
        api.post(API, EUR, format="json"),
        api.post(API, EUR | {"rate": "2"}, format="json"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    with tenant_scope(tenant.pk):
        assert ExchangeRate.objects.get().rate == 2
        assert Account.objects.get().mrr == 200
        assert AuditEntry.objects.filter(action="exchange_rate.set").count() == 2


@pytest.mark.parametrize(
    ("who", "status"), [("admin", 200), ("lead", 404), ("csm", 404), ("stranger", 404)]
)
def test_who_sees_the_rates(request, who, status):
    assert request.getfixturevalue(f"{who}_client").get(PAGE).status_code == status
