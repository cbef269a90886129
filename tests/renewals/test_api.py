from datetime import date, timedelta

import pytest

from renewals import services
from renewals.models import Renewal
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of

LIST = "/api/v1/renewals/"
END = date(2027, 6, 30)


def make(tenant, number=1, **fields):
    with tenant_scope(tenant.pk):
        for n in range(number):
            renewal_of(ends_on=END + timedelta(days=n), **fields)
        return list(Renewal.objects.select_related("account", "contract"))


def test_a_renewal_tells_its_dates_amount_and_outcome(api, tenant, csm):
    (renewal,) = make(tenant, owner=csm, notice_days=30, mrr="100.50")
    with tenant_scope(tenant.pk):
        services.close_renewal(
            renewal, result="lost", reason="price", detail="dear", by=csm, on=END
        )

    (row,) = api.get(LIST).json()["results"]

    del row["id"], row["updated_at"], row["stage_since"]
    assert row == {
        "account": renewal.account.external_id,
        "contract": renewal.contract.external_id,
        "stage": "lost",
        "ends_on": "2027-06-30",
        "decides_on": "2027-05-31",
        "amount": "1206.00",
        "currency": "USD",
        "owner": csm.email,
        "band": "unknown",
        "outcome": {
            "result": "lost",
            "amount": None,
            "reason": "price",
            "detail": "dear",
            "decided_on": "2027-06-30",
        },
        "next_step": "",
        "next_step_on": None,
        "stopped_at": None,
    }


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count(api, tenant, number, django_assert_num_queries):
    make(tenant, number)
    api.get(LIST)

    with django_assert_num_queries(10):
        rows = api.get(LIST).json()["results"]

    assert len(rows) == number


def test_renewals_are_filtered(api, tenant, csm, lead):
    make(tenant, owner=csm)
    make(tenant, owner=lead)

    def owners(query):
        return [row["owner"] for row in api.get(LIST + query).json()["results"]]

    assert owners(f"?owner={csm.email}&is_open=true&stage=upcoming") == [csm.email]
    assert owners("?is_open=false") == []
    assert api.get(LIST + "?stage=nothing").status_code == 400


def test_another_workspaces_renewal_is_not_there(api, strangers_api, tenant):
    (renewal,) = make(tenant)
    one = f"{LIST}{renewal.pk}/"

    assert api.get(one).status_code == 200
    assert strangers_api.get(one).status_code == 404
    assert strangers_api.get(LIST).json()["results"] == []
