"""The resources of accounts: what a program can do, and what it cannot."""

import pytest
import time_machine

from accounts.models import Account, Contract
from tenants.models import ApiKey, AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    InvoiceFactory,
    NoteFactory,
    TicketFactory,
)

API = "/api/v1"
RESOURCES = {
    "accounts": AccountFactory,
    "contacts": ContactFactory,
    "contracts": ContractFactory,
    "invoices": InvoiceFactory,
    "tickets": TicketFactory,
    "notes": NoteFactory,
}
BODIES = {
    "accounts": {"name": "Acme"},
    "contacts": {"account": "a1", "name": "Ada", "roles": ["champion", "user"]},
    "contracts": {
        "account": "a1",
        "starts_on": "2026-01-01",
        "mrr": "99.90",
        "currency": "USD",
    },
    "invoices": {
        "account": "a1",
        "amount": "10.00",
        "currency": "USD",
        "issued_on": "2026-01-01",
        "due_on": "2026-01-31",
        "paid_on": None,
    },
    "tickets": {
        "account": "a1",
        "subject": "Help",
        "severity": "critical",
        "opened_at": "2026-01-01T09:00:00Z",
    },
    "notes": {
        "account": "a1",
        "body": "We talked.",
        "happened_at": "2026-01-01T09:00:00Z",
    },
}


@pytest.fixture(autouse=True)
def _an_account(tenant):
    with tenant_scope(tenant.pk):
        AccountFactory(external_id="a1", name="First")


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_fact_is_created_read_changed_and_removed(api, resource):
    body, url = BODIES[resource], f"{API}/{resource}/x.1"

    answers = [
        api.put(url, body, format="json"),
        api.put(url, body, format="json"),
        api.get(url),
        api.patch(url, {}, format="json"),
        api.delete(url),
        api.get(url),
        api.delete(url),
        api.patch(url, {}, format="json"),
    ]

    statuses = [answer.status_code for answer in answers]
    assert statuses == [201, 200, 200, 200, 204, 404, 404, 404]
    stored = answers[2].json()
    assert {name: stored[name] for name in body} == body
    assert stored["external_id"] == "x.1"


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_for_one_row_and_for_three(
    api, tenant, resource, rows, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        Account.objects.filter(external_id="a1").delete()
        RESOURCES[resource].create_batch(rows)
        for note in RESOURCES["notes"]._meta.model.objects.all():
            note.external_id = str(note.pk)
            note.save()

    # Credential, scope (3), key, its use (2), savepoint (2), rows, the scope put back.
    with django_assert_num_queries(11):
        answer = api.get(f"{API}/{resource}/")

    assert len(answer.json()["results"]) == rows


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_a_strangers_fact_is_not_there(strangers_api, tenant, resource, method):
    with tenant_scope(tenant.pk):
        theirs = RESOURCES[resource](external_id="theirs")

    body = {"name": "Taken over", "body": "x", "account": "a1"}
    body = {} if method == "get" else body
    answer = getattr(strangers_api, method)(
        f"{API}/{resource}/theirs", body, format="json"
    )

    # A PUT may make a thing of one's own; but not out of another's account.
    is_made = method == "put" and resource == "accounts"
    expected = 201 if is_made else 400 if method == "put" else 404
    assert answer.status_code == expected
    with tenant_scope(tenant.pk):
        kept = type(theirs).objects.get(pk=theirs.pk)
        assert {f.name: getattr(kept, f.attname) for f in kept._meta.fields} == {
            f.name: getattr(theirs, f.attname) for f in kept._meta.fields
        }


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_reading_key_writes_nothing(reading_api, resource):
    url = f"{API}/{resource}/"
    answers = [
        reading_api.post(url, BODIES[resource], format="json"),
        reading_api.post(f"{url}bulk/", [BODIES[resource]], format="json"),
        reading_api.put(f"{url}x", BODIES[resource], format="json"),
        reading_api.patch(f"{url}x", {}, format="json"),
        reading_api.delete(f"{url}x"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5


def test_post_creates_once(api):
    body = {"external_id": "a9", "name": "New"}

    answers = [api.post(f"{API}/accounts/", body, format="json") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json() == {
        "code": "conflict",
        "message": "There is one with this external id already.",
        "errors": {},
    }


def test_what_is_left_out_stays_as_it_is(api, lead):
    url = f"{API}/accounts/a1"
    api.put(url, {"name": "Acme", "owner": lead.email, "tier": "high"}, format="json")

    answer = api.put(url, {"name": "Acme Ltd"}, format="json").json()

    assert (answer["name"], answer["owner"], answer["tier"]) == (
        "Acme Ltd",
        lead.email,
        "high",
    )


def test_fields_nobody_may_write_are_ignored(api, tenant, other_tenant):
    body = {
        "name": "Acme",
        "tenant": other_tenant.pk,
        "id": "00000000-0000-0000-0000-000000000001",
        "score": 100,
        "band": "green",
        "mrr": "1000000",
        "archived_at": "2026-01-01T00:00:00Z",
        "created_at": "1999-01-01T00:00:00Z",
    }

    api.put(f"{API}/accounts/a1", body, format="json")

    with tenant_scope(tenant.pk):
        account = Account.objects.get()
        assert (account.name, account.score, account.band, account.mrr) == (
            "Acme",
            None,
            "unknown",
            0,
        )
        assert (account.archived_at, account.created_at.year > 2000) == (None, True)
        assert str(account.pk)[:8] != "00000000"


def test_bulk_answers_for_each_item(api, tenant):
    items = [
        {"external_id": "a1", "name": "First"},
        {"external_id": "a2", "name": "Second"},
        {"external_id": "a3", "name": "x" * 201},
        {"external_id": ""},
        7,
    ]

    answer = api.post(f"{API}/accounts/bulk/", items, format="json")

    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [(r["index"], r["external_id"], r["status"]) for r in results] == [
        (0, "a1", "unchanged"),
        (1, "a2", "created"),
        (2, "a3", "error"),
        (3, None, "error"),
        (4, None, "error"),
    ]
    assert [list(result["errors"]) for result in results[2:]] == [
        ["name"],
        ["external_id"],
        ["non_field_errors"],
    ]


@pytest.mark.parametrize("body", [{}, "x", None, [{}] * 1001])
def test_bulk_takes_a_list_of_up_to_1000(api, body):
    answer = api.post(f"{API}/accounts/bulk/", body, format="json")

    assert answer.status_code == 400


@pytest.mark.slow
def test_bulk_of_1000_costs_as_many_queries_as_one(api, django_assert_max_num_queries):
    items = [{"external_id": f"b{n}", "name": f"N {n}"} for n in range(1000)]

    with django_assert_max_num_queries(24):
        answer = api.post(f"{API}/accounts/bulk/", items, format="json")

    assert {result["status"] for result in answer.json()["results"]} == {"created"}


def test_the_address_and_the_body_name_the_same_thing(api):
    answer = api.put(
        f"{API}/accounts/a1", {"external_id": "a2", "name": "x"}, format="json"
    )

    assert answer.json()["errors"] == {"external_id": ["The address says another id."]}


def test_money_changed_by_a_program_is_audited_with_its_key(api, tenant):
    api.put(f"{API}/contracts/c1", BODIES["contracts"], format="json")

    with tenant_scope(tenant.pk):
        entry = AuditEntry.objects.get(action="contract.created")
        assert (entry.by_key, entry.after["mrr"]) == (ApiKey.objects.get(), "99.90")


@pytest.mark.parametrize(
    ("resource", "query", "found"),
    [
        ("accounts", "name=FIR", ["a1"]),
        ("accounts", "name=nobody", []),
        ("accounts", "lifecycle_stage=adoption&tier=mid", ["a1"]),
        ("accounts", "owner=nobody@example.com", []),
        ("contracts", "account=a1", ["c1"]),
        ("contracts", "account=a2", []),
        ("contracts", "in_force_on=2026-01-01", ["c1"]),
        ("contracts", "in_force_on=2025-12-31", []),
        ("invoices", "is_paid=false", ["i1"]),
        ("invoices", "is_paid=true", []),
        ("tickets", "severity=normal&status=open", ["t1"]),
        ("contacts", "role=champion", ["p1"]),
        ("contacts", "role=blocker", []),
    ],
)
def test_lists_are_narrowed(api, tenant, resource, query, found):
    with tenant_scope(tenant.pk):
        account = Account.objects.get()
        ContractFactory(external_id="c1", account=account)
        InvoiceFactory(external_id="i1", account=account)
        TicketFactory(external_id="t1", account=account)
        ContactFactory(external_id="p1", account=account, roles=["user", "champion"])

    rows = api.get(f"{API}/{resource}/?{query}").json()["results"]

    assert [row["external_id"] for row in rows] == found


def test_an_archived_account_is_gone_until_it_is_written_again(api):
    url = f"{API}/accounts/a1"
    api.delete(url)

    answers = [
        api.get(url),
        api.put(url, {"name": "First"}, format="json"),
        api.get(url),
    ]

    assert [answer.status_code for answer in answers] == [404, 200, 200]


def test_the_mrr_of_an_account_has_its_currency(api):
    with time_machine.travel("2026-06-01T12:00:00Z"):
        api.put(f"{API}/contracts/c1", BODIES["contracts"], format="json")

        account = api.get(f"{API}/accounts/a1").json()

    assert (account["mrr"], account["currency"]) == ("99.90", "USD")


def test_a_body_that_fails_leaves_nothing(api, tenant):
    body = BODIES["contracts"] | {"mrr": "-1"}

    answer = api.put(f"{API}/contracts/c1", body, format="json")

    assert answer.json() == {
        "code": "invalid",
        "message": "Some values are not valid.",
        "errors": {"mrr": ["MRR cannot be negative."]},
    }
    with tenant_scope(tenant.pk):
        assert Contract.objects.count() == 0


def test_a_note_names_a_contact_of_its_own_account(api, tenant):
    with tenant_scope(tenant.pk):
        ours, theirs = AccountFactory(), AccountFactory()
        contact = ContactFactory(account=ours).external_id
    said = {"body": "x", "happened_at": "2026-05-04T12:00:00Z", "contact": contact}

    good = api.put(
        "/api/v1/notes/n1/", said | {"account": ours.external_id}, format="json"
    )
    bad = api.put(
        "/api/v1/notes/n2/", said | {"account": theirs.external_id}, format="json"
    )

    assert (good.status_code, good.json()["contact"]) == (201, contact)
    assert bad.status_code == 400
    assert bad.json()["errors"]["contact"] == ["This contact is of another account."]
