"""Changes, pauses and credits of a contract, for programs."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Contract, ContractChange, Span
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import ContractFactory


@pytest.fixture
def contract(tenant):
    with tenant_scope(tenant.pk):
        return ContractFactory(external_id="c1", mrr=100, seats=10, plan="Pro")


def url(noun, pk=""):
    return f"/api/v1/contracts/c1/{noun}/{pk}{'/' if pk else ''}"


def test_a_change_is_made_read_and_taken_back(api, tenant, contract):
    body = {"effective_on": "2026-05-01", "mrr": "150.00", "seats": 15}
    made = api.post(url("changes"), body, format="json")
    listed = api.get(url("changes")).json()["results"]
    gone = api.delete(url("changes", made.json()["id"]))

    assert (made.status_code, gone.status_code) == (201, 204)
    assert listed == [made.json()]
    assert made.json() | body | {"plan": "Pro", "kind": "upsell"} == made.json()
    assert (made.json()["was_mrr"], made.json()["was_seats"]) == ("100.00", 10)
    with tenant_scope(tenant.pk):
        contract.refresh_from_db()
        assert (contract.mrr, ContractChange.objects.count()) == (100, 0)
        assert AuditEntry.objects.filter(by_key__isnull=False).count() == 2


def test_an_early_renewal_says_its_end(api, tenant, contract):
    body = {"effective_on": "2026-10-01", "kind": "renewal", "ends_on": "2027-10-01"}

    assert api.post(url("changes"), body, format="json").status_code == 201

    assert api.get("/api/v1/contracts/c1/").json()["ends_on"] == "2027-10-01"


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({}, "effective_on"),
        ({"effective_on": "2026-05-01"}, "non_field_errors"),
        ({"effective_on": "2026-05-01", "mrr": "100"}, "non_field_errors"),
        ({"effective_on": "2026-05-01", "mrr": "-1"}, "mrr"),
        ({"effective_on": "2027-01-01", "mrr": "1"}, "effective_on"),
        ({"effective_on": "2026-05-01", "kind": "uplift", "mrr": "1"}, "kind"),
        ({"effective_on": "2026-05-01", "kind": "renewal"}, "ends_on"),
        ({"effective_on": "2026-05-01", "mrr": "1", "ends_on": "2028-01-01"}, "ends_on"),
    ],
)  # fmt: skip
def test_a_bad_change_is_blamed(api, contract, body, blamed):
    answer = api.post(url("changes"), body, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [blamed])


def test_a_pause_is_made_moved_and_taken_back(api, tenant, contract):
    made = api.post(url("pauses"), {"starts_on": "2026-05-01"}, format="json").json()
    moved = api.patch(
        url("pauses", made["id"]), {"resumes_on": "2026-06-01"}, format="json"
    )
    with tenant_scope(tenant.pk):
        paused = list(Span.objects.filter(is_paused=True).values_list("mrr", "ends_on"))
    gone = api.delete(url("pauses", made["id"]))

    assert (made["resumes_on"], moved.json()["resumes_on"]) == (None, "2026-06-01")
    assert paused == [(0, date(2026, 6, 1))]
    assert (gone.status_code, api.get(url("pauses")).json()["results"]) == (204, [])


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({"starts_on": "2026-05-15"}, "starts_on"),
        ({"starts_on": "2025-01-01"}, "starts_on"),
        ({"starts_on": "2026-07-01", "resumes_on": "2026-07-01"}, "resumes_on"),
    ],
)
def test_a_bad_pause_is_blamed(api, contract, body, blamed):
    first = {"starts_on": "2026-05-01", "resumes_on": "2026-06-01"}
    api.post(url("pauses"), first, format="json")

    answer = api.post(url("pauses"), body, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [blamed])


def test_a_credit_is_made_and_taken_back(api, tenant, contract):
    body = {"amount": "40.00", "on": "2026-05-01", "reason": "Outage"}
    made = api.post(url("credits"), body, format="json")
    gone = api.delete(url("credits", made.json()["id"]))

    assert made.json() | body | {"currency": "USD"} == made.json()
    assert gone.status_code == 204
    with tenant_scope(tenant.pk):
        assert Contract.objects.get().mrr == Decimal(100)


def test_terms_from_a_day_are_put_with_the_contract(api, tenant, contract):
    body = {"mrr": "150.00", "effective_on": "2026-05-01", "uplift_percent": "5.00"}

    answer = api.patch("/api/v1/contracts/c1/", body, format="json")

    assert (answer.status_code, answer.json()["mrr"]) == (200, "150.00")
    assert answer.json()["uplift_percent"] == "5.00"
    with tenant_scope(tenant.pk):
        assert ContractChange.objects.get().was_mrr == 100


@pytest.mark.parametrize("noun", ["changes", "pauses", "credits"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_for_one_and_for_three(
    api, tenant, contract, noun, count, django_assert_max_num_queries
):
    for n in range(1, count + 1):
        first = f"2026-0{n}-02"
        last = f"2026-0{n}-09"
        body = {
            "changes": {"effective_on": first, "mrr": str(n)},
            "pauses": {"starts_on": first, "resumes_on": last},
            "credits": {"on": first, "amount": "1"},
        }[noun]
        assert api.post(url(noun), body, format="json").status_code == 201

    with django_assert_max_num_queries(12):
        rows = api.get(url(noun)).json()["results"]

    assert len(rows) == count


def test_a_contract_of_another_workspace_is_not_there(strangers_api, contract):
    body = {"effective_on": "2026-05-01", "mrr": "150.00"}

    assert strangers_api.get(url("changes")).status_code == 404
    assert strangers_api.post(url("changes"), body, format="json").status_code == 404
