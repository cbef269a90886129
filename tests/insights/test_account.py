from datetime import date
from uuid import uuid4

import pytest

from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from worklist.services import create_task


def card(account):
    return f"/t/acme/accounts/{account.pk}/"


@pytest.mark.parametrize("tasks", [1, 3])
def test_account_card_query_count(
    tenant, csm, csm_client, tasks, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        account = AccountFactory(owner=csm)
        for _ in range(tasks):
            create_task(
                kind="x", title="x", owner=csm, due_on=date(2026, 1, 1), account=account
            )

    with django_assert_num_queries(14):
        response = csm_client.get(card(account))

    assert len(response.context["tasks"]) == tasks


def test_the_card_asks_each_part_for_its_panel(tenant, csm_client):
    with tenant_scope(tenant.pk):
        account = AccountFactory()

    panels = csm_client.get(card(account)).context["panels"]

    asked = [csm_client.get(p.href, headers={"HX-Request": "true"}) for p in panels]
    assert [response.status_code for response in asked] == [200] * len(panels) != []


def test_the_card_of_another_is_not_there(
    tenant, other_tenant, csm_client, viewer_client, stranger_client
):
    with tenant_scope(tenant.pk):
        ours = AccountFactory()
    with tenant_scope(other_tenant.pk):
        theirs = AccountFactory()

    assert viewer_client.get(card(ours)).status_code == 200
    assert stranger_client.get(card(ours)).status_code == 404
    assert csm_client.get(card(theirs)).status_code == 404
    assert csm_client.get(f"/t/acme/accounts/{uuid4()}/").status_code == 404


def found(client, text, **headers):
    answer = client.get("/t/acme/search/", {"q": text}, headers=headers).context[
        "found"
    ]
    return {
        "accounts": [row.name for row in answer.accounts],
        "contacts": [row.name for row in answer.contacts],
        "tasks": [row.title for row in answer.tasks],
    }


def nova(csm, owner=None):
    account = AccountFactory(name="Nova Steel", owner=owner)
    AccountFactory(name="Supernova", domain="s.example", owner=owner)
    AccountFactory(name="Other", external_id=f"x-nova-{uuid4()}", owner=owner)
    ContactFactory(account=account, name="Nova Lee")
    ContactFactory(account=account, name="Ann", email="ann@nova.example")
    create_task(
        kind="x", title="Call Nova", owner=csm, due_on=date(2026, 1, 1), account=account
    )


def test_search_finds_what_begins_with_the_words_first(tenant, csm, csm_client):
    with tenant_scope(tenant.pk):
        nova(csm)

    assert found(csm_client, " nova ") == {
        "accounts": ["Nova Steel", "Other", "Supernova"],
        "contacts": ["Nova Lee", "Ann"],
        "tasks": ["Call Nova"],
    }


@pytest.mark.parametrize("text", ["", "%", "_", "nova\x00x", "'; --", "x" * 5000])
def test_search_of_odd_words_finds_nothing(tenant, csm, csm_client, text):
    with tenant_scope(tenant.pk):
        nova(csm)

    assert found(csm_client, text) == {"accounts": [], "contacts": [], "tasks": []}


def test_search_respects_a_closed_portfolio_and_the_wall(
    tenant, other_tenant, csm, lead, csm_client, lead_client, stranger_client
):
    tenant.is_portfolio_closed = True
    tenant.save()
    with tenant_scope(tenant.pk):
        nova(lead, owner=lead)
    with tenant_scope(other_tenant.pk):
        nova(csm)

    assert found(csm_client, "nova") == {"accounts": [], "contacts": [], "tasks": []}
    assert [len(rows) for rows in found(lead_client, "nova").values()] == [3, 2, 1]
    assert stranger_client.get("/t/acme/search/?q=nova").status_code == 404


def test_search_answers_the_box_with_links_only(tenant, csm, csm_client):
    with tenant_scope(tenant.pk):
        nova(csm)

    response = csm_client.get("/t/acme/search/?q=nova", headers={"HX-Request": "true"})

    body = response.content.decode()
    assert ("<html" in body, body.count('<a class="search-result"')) == (False, 6)


@pytest.mark.parametrize("rows", [1, 3])
def test_search_query_count(tenant, csm, csm_client, rows, django_assert_num_queries):
    with tenant_scope(tenant.pk):
        for _ in range(rows):
            nova(csm)

    with django_assert_num_queries(12):
        csm_client.get("/t/acme/search/?q=nova", headers={"HX-Request": "true"})
