from datetime import date
from decimal import Decimal as D

import pytest
import time_machine

from accounts.models import Contract
from renewals.models import Opportunity
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory

LIST = "/api/v1/opportunities/"
SAID = {
    "kind": "add_on",
    "title": "Ten seats",
    "amount": "1200.00",
    "currency": "USD",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


@pytest.fixture
def account(tenant, csm):
    with tenant_scope(tenant.pk):
        made = AccountFactory(external_id="acc", owner=csm, band="green")
        ContractFactory(
            account=made, external_id="ctr", mrr=500, starts_on=date(2026, 1, 1)
        )
    return made


def made(api, **more):
    response = api.post(LIST, SAID | {"account": "acc"} | more, format="json")
    assert response.status_code == 201
    return response.json()


def test_the_audit_trail_names_the_key_of_a_program(api, account, tenant):
    row = made(api)
    api.post(f"{LIST}{row['id']}/handover/", {"to": "Ann"}, format="json")

    with tenant_scope(tenant.pk):
        told = AuditEntry.objects.filter(action__startswith="opportunity.")
        keys = {one.action: one.by_key is not None for one in told}
    assert keys == {"opportunity.opened": True, "opportunity.handed_over": True}


def test_an_opportunity_goes_its_way(api, account, csm, tenant):
    row = made(api)
    address = f"{LIST}{row['id']}/"

    moved = api.post(
        f"{address}move/", {"stage": "talks", "was": "found"}, format="json"
    )
    given = api.post(f"{address}handover/", {"to": "Ann"}, format="json")
    won = api.post(
        f"{address}result/",
        {
            "is_won": True,
            "amount": "1200",
            "contract": "ctr",
            "effective_on": "2026-12-01",
        },
        format="json",
    )

    assert (row["stage"], row["owner"], row["signal"]) == ("found", csm.email, None)
    assert (moved.json()["stage"], given.json()["stage"]) == ("talks", "sales")
    found = won.json()
    del found["id"], found["updated_at"]
    assert found == SAID | {
        "account": "acc",
        "stage": "won",
        "owner": csm.email,
        "signal": None,
        "trial_ends_on": None,
        "handed_over_to": "Ann",
        "opened_on": "2026-11-22",
        "result": {
            "is_won": True,
            "amount": "1200.00",
            "reason": "",
            "detail": "",
            "contract": "ctr",
            "effective_on": "2026-12-01",
            "decided_on": "2026-11-22",
        },
    }
    with tenant_scope(tenant.pk):
        assert Contract.objects.get().mrr == D(600)
    assert api.get(LIST + "?stage=won").json()["results"][0]["title"] == "Ten seats"
    again = api.post(f"{address}move/", {"stage": "talks"}, format="json")
    assert again.status_code == 409


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count(api, account, number, django_assert_num_queries):
    for _ in range(number):
        made(api)
    api.get(LIST)

    with django_assert_num_queries(11):
        rows = api.get(LIST).json()["results"]

    assert len(rows) == number


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"account": "nobody"}, "account"),
        ({"amount": "-1"}, "amount"),
        ({"currency": "QQQ"}, "currency"),
        ({"kind": "gift"}, "kind"),
        ({"title": ""}, "title"),
        ({"owner": "nobody@example.com"}, "owner"),
    ],
)
def test_a_bad_opportunity_is_400_at_the_field(api, account, more, field):
    response = api.post(LIST, SAID | {"account": "acc"} | more, format="json")

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(
    ("rest", "said", "field"),
    [
        ("move", {"stage": "won"}, "stage"),
        ("move", {"stage": "trial"}, "trial_ends_on"),
        ("handover", {"to": ""}, "to"),
        ("result", {"is_won": True}, "amount"),
        ("result", {"is_won": False}, "reason"),
        ("result", {"is_won": True, "amount": "5", "contract": "x"}, "contract"),
    ],
)
def test_a_bad_step_is_400_at_the_field(api, account, rest, said, field):
    row = made(api)

    response = api.post(f"{LIST}{row['id']}/{rest}/", said, format="json")

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert api.get(f"{LIST}{row['id']}/").json()["stage"] == "found"


def test_another_workspace_sees_and_changes_nothing(
    api, strangers_api, reading_api, account, tenant
):
    row = made(api)
    address = f"{LIST}{row['id']}/"

    assert strangers_api.get(LIST).json()["results"] == []
    assert strangers_api.get(address).status_code == 404
    said = {"stage": "talks"}
    assert strangers_api.post(f"{address}move/", said, format="json").status_code == 404
    assert reading_api.post(f"{address}move/", said, format="json").status_code == 403
    with tenant_scope(tenant.pk):
        assert Opportunity.objects.get().stage == "found"


def test_a_program_puts_an_opportunity_right(api, account, csm, ops, tenant):
    row = made(api)
    address = f"{LIST}{row['id']}/"

    given = api.patch(address, {"amount": "10", "owner": ops.email}, format="json")
    back = api.patch(address, {"owner": None, "account": "acc"}, format="json")

    assert (given.status_code, back.status_code) == (200, 200)
    found = given.json()
    assert (found["amount"], found["owner"], found["title"]) == (
        "10.00",
        ops.email,
        "Ten seats",
    )
    assert (back.json()["amount"], back.json()["owner"]) == ("10.00", csm.email)
    with tenant_scope(tenant.pk):
        entries = AuditEntry.objects.filter(action="opportunity.changed")
        assert [one.by_key is not None for one in entries] == [True, True]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"account": "other"}, "account"),
        ({"owner": "nobody@example.com"}, "owner"),
    ],
)
def test_a_wrong_correction_is_refused_at_its_field(api, account, said, field):
    row = made(api)

    response = api.patch(f"{LIST}{row['id']}/", said, format="json")

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_what_is_decided_is_not_put_right(api, account):
    row = made(api)
    end = {"is_won": False, "reason": "price"}
    api.post(f"{LIST}{row['id']}/result/", end, format="json")

    response = api.patch(f"{LIST}{row['id']}/", {"title": "x"}, format="json")

    assert response.status_code == 409
