from datetime import timedelta

import pytest

from health import services
from health.models import Override, Sentiment
from tenants.models import ApiKey, AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of

LAST = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(tenant):
    with tenant_scope(tenant.pk):
        account = account_of(CASES[0])
        services.recompute([account.pk], on=TODAY)
    return account


def url(account, more):
    return f"/api/v1/accounts/{account.external_id}/{more}"


def asked(**more):
    return {
        "score": 40,
        "reason": "They look elsewhere",
        "expires_on": str(LAST),
    } | more


def test_a_sentiment_is_kept_with_who_felt_it(api, account, csm, tenant):
    said = {"level": 2, "note": "Tense call", "by": csm.email.upper()}

    response = api.post(url(account, "sentiments/"), said, format="json")

    assert response.status_code == 201
    body = response.json()
    assert (body["level"], body["note"], body["by"]) == (2, "Tense call", csm.email)
    assert body["at"] == "2026-05-15T09:00:00Z"
    with tenant_scope(tenant.pk):
        assert Sentiment.objects.get().by == csm
    assert api.get(url(account, "sentiments/")).json()["results"] == [body]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"level": 6}, "level"),
        ({"level": None}, "level"),
        ({"by": "nobody@example.com"}, "by"),
        ({"mood": 1}, "mood"),
    ],
)
def test_a_bad_sentiment_is_refused_by_its_field(api, account, tenant, more, field):
    response = api.post(url(account, "sentiments/"), {"level": 1} | more, format="json")

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    with tenant_scope(tenant.pk):
        assert Sentiment.objects.count() == 0


def test_a_program_overrides_and_ends_it(api, account, tenant):
    made = api.post(url(account, "overrides/"), asked(), format="json")

    assert made.status_code == 201
    body = made.json()
    assert (body["score"], body["by"], body["expires_on"]) == (40, None, str(LAST))
    assert (body["score_before"], body["ended_at"]) == (100, None)
    with tenant_scope(tenant.pk):
        entry = AuditEntry.objects.get(action="health.overridden")
        assert (entry.by, entry.by_key) == (None, ApiKey.objects.get())
        services.recompute([account.pk], on=TODAY)
    health = api.get(url(account, "health/")).json()
    assert (health["score"], health["computed"]) == (40, 100)
    assert health["override"] == body

    one = url(account, f"overrides/{body['id']}/")
    assert [api.delete(one).status_code for _ in range(2)] == [204, 204]
    with tenant_scope(tenant.pk):
        assert Override.objects.get().ended_at == NOW
        services.recompute([account.pk], on=TODAY)
    assert api.get(url(account, "health/")).json()["override"] is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"score": 101}, "score"),
        ({"reason": " "}, "reason"),
        ({"expires_on": str(TODAY - timedelta(days=1))}, "expires_on"),
        ({"expires_on": str(TODAY + timedelta(days=181))}, "expires_on"),
        ({"ended_at": str(TODAY)}, "ended_at"),
    ],
)
def test_a_bad_override_is_refused_by_its_field(api, account, tenant, more, field):
    response = api.post(url(account, "overrides/"), asked(**more), format="json")

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    with tenant_scope(tenant.pk):
        assert Override.objects.count() == 0


def test_a_second_override_collides(api, account):
    api.post(url(account, "overrides/"), asked(), format="json")

    response = api.post(url(account, "overrides/"), asked(score=50), format="json")

    assert response.status_code == 409


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_however_long(
    api, account, csm, tenant, rows, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for level in range(1, rows + 1):
            services.record_sentiment(account, level=level, by=csm)
    api.get(url(account, "sentiments/"))  # the key's use is noted once a minute

    with django_assert_num_queries(10):
        body = api.get(url(account, "sentiments/")).json()

    assert sorted(row["level"] for row in body["results"]) == list(range(1, rows + 1))


@pytest.mark.parametrize("more", ["sentiments/", "overrides/"])
def test_who_may_read_and_write(api, reading_api, strangers_api, client, account, more):
    said = {"level": 3} if more == "sentiments/" else asked()

    assert reading_api.get(url(account, more)).status_code == 200
    assert reading_api.post(url(account, more), said, format="json").status_code == 403
    assert strangers_api.get(url(account, more)).status_code == 404
    assert (
        strangers_api.post(url(account, more), said, format="json").status_code == 404
    )
    assert client.get(url(account, more)).status_code == 401


def test_an_override_of_another_account_is_not_there(api, account, csm, tenant):
    with tenant_scope(tenant.pk):
        other = AccountFactory()
        override = services.override_score(
            other, score=1, reason="x", expires_on=LAST, by=csm
        )

    response = api.delete(url(account, f"overrides/{override.pk}/"))

    assert response.status_code == 404
    with tenant_scope(tenant.pk):
        assert Override.objects.get().ended_at is None
