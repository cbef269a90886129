"""Feature requests: weighed by revenue, voted for once an account."""

import pytest

from accounts.models import Account, FeatureRequest, FeatureVote
from accounts.services import ask_for_feature, vote_for, withdraw_vote
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory

LIST = "/api/v1/feature_requests/"


def test_asking_twice_is_one_request_with_one_vote(in_tenant, csm):
    account = AccountFactory()

    first = ask_for_feature("1C  Integration", account=account, by=csm)
    second = ask_for_feature("1c integration", account=account, words="Badly")

    assert first == second
    assert FeatureRequest.objects.get().title == "1C Integration"
    assert FeatureVote.objects.get().words == "Badly"
    assert withdraw_vote(first, account) is True
    assert withdraw_vote(first, account) is False


@pytest.fixture
def asked(tenant, csm):
    """1C by two accounts of 300 together, Export by one of 1,000, Dark by nobody."""
    with tenant_scope(tenant.pk):
        for title, revenues in (("1C", (100, 200)), ("Export", (1000,)), ("Dark", ())):
            request = ask_for_feature(title)
            for mrr in revenues:
                vote_for(request, AccountFactory(mrr=mrr, owner=csm))
        return FeatureRequest.objects.get(title="1C")


def test_requests_stand_by_the_revenue_that_asks(csm_client, asked):
    page = csm_client.get("/t/acme/feature-requests/").context["page"]

    rows = [(row.title, row.count, row.mrr) for row in page]
    assert rows == [("Export", 1, 1000), ("1C", 2, 300), ("Dark", 0, 0)]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?sort=-count", ["1C", "Export", "Dark"]),
        ("?sort=title", ["1C", "Dark", "Export"]),
        ("?q=exp", ["Export"]),
        ("?state=shipped", []),
        ("?state=x&sort=mrr", ["Export", "1C", "Dark"]),
    ],
)
def test_requests_are_sorted_and_narrowed(csm_client, asked, query, titles):
    page = csm_client.get(f"/t/acme/feature-requests/{query}").context["page"]

    assert [row.title for row in page] == titles


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same(csm_client, tenant, number, django_assert_num_queries):
    with tenant_scope(tenant.pk):
        for place in range(number):
            ask_for_feature(f"No {place}", account=AccountFactory(mrr=1))

    with django_assert_num_queries(13):
        page = csm_client.get("/t/acme/feature-requests/").context["page"]

    assert len(page.object_list) == number


def test_a_closed_portfolio_counts_the_own_votes(csm_client, tenant, asked, lead):
    with tenant_scope(tenant.pk):
        vote_for(asked, AccountFactory(mrr=9000, owner=lead, name="Theirs"))
    tenant.is_portfolio_closed = True
    tenant.save()

    page = csm_client.get(f"/t/acme/feature-requests/{asked.pk}/")

    assert (page.context["asked"].count, page.context["asked"].mrr) == (2, 300)
    assert b"Theirs" not in page.content


def test_a_vote_is_given_and_taken_back_on_the_card(csm_client, tenant, csm):
    with tenant_scope(tenant.pk):
        account = AccountFactory(owner=csm)
    address = f"/t/acme/accounts/{account.pk}/requests/"

    csm_client.post(f"{address}new/", {"title": "Export", "words": "For audits"})
    with tenant_scope(tenant.pk):
        vote = FeatureVote.objects.select_related("request").get()
    assert (vote.request.title, vote.words, vote.by) == ("Export", "For audits", csm)
    assert b"For audits" in csm_client.get(address).content
    csm_client.post(f"{address}{vote.request_id}/removal/")

    with tenant_scope(tenant.pk):
        assert FeatureVote.objects.count() == 0
    assert csm_client.post(f"{address}new/", {"title": ""}).status_code == 422


def test_who_may_do_what(
    csm_client, lead_client, viewer_client, stranger_client, tenant, asked
):
    said = {"title": "1C exchange", "state": "planned"}
    change = f"/t/acme/feature-requests/{asked.pk}/edit/"

    for client in (csm_client, viewer_client, stranger_client):
        assert client.post(change, said).status_code == 404
    assert viewer_client.post("/t/acme/feature-requests/", said).status_code == 404
    assert stranger_client.get("/t/acme/feature-requests/").status_code == 404
    assert lead_client.post(change, said).status_code == 302
    with tenant_scope(tenant.pk):
        asked.refresh_from_db()
    assert (asked.title, asked.state) == ("1C exchange", "planned")
    same = lead_client.post(
        "/t/acme/feature-requests/", {"title": "EXPORT", "state": "open"}
    )
    assert same.status_code == 422


def test_programs_read_write_and_vote(api, strangers_api, tenant, asked):
    one = f"{LIST}{asked.pk}/"
    with tenant_scope(tenant.pk):
        account = AccountFactory(external_id="nova", mrr=50)

    made = api.post(LIST, {"title": "Sso", "plan": "Pro"}, format="json")
    clash = api.post(LIST, {"title": "SSO"}, format="json")
    changed = api.patch(one, {"state": "planned"}, format="json").json()
    voted = api.post(f"{one}votes/", {"account": "nova"}, format="json")
    unknown = api.post(f"{one}votes/", {"account": "nobody"}, format="json")

    assert (made.status_code, clash.status_code) == (201, 409)
    assert (changed["state"], changed["accounts"], changed["mrr"]) == (
        "planned",
        2,
        "300.00",
    )
    assert (voted.status_code, unknown.status_code) == (201, 400)
    assert (api.get(one).json()["accounts"], api.get(one).json()["mrr"]) == (
        3,
        "350.00",
    )
    assert len(api.get(f"{one}votes/").json()["results"]) == 3
    assert api.delete(f"{one}votes/{account.external_id}/").status_code == 204
    assert api.get(one).json()["accounts"] == 2
    assert strangers_api.get(one).status_code == 404
    assert strangers_api.get(LIST).json()["results"] == []


def test_an_archived_account_asks_for_nothing(api, tenant, asked):
    with tenant_scope(tenant.pk):
        Account.objects.filter(mrr=200).update(archived_at="2026-01-01T00:00:00Z")

    row = api.get(f"{LIST}{asked.pk}/").json()

    assert (row["accounts"], row["mrr"]) == (1, "100.00")
