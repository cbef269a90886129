"""What every resource shares: keys, scopes, errors, pages, rates."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from tenants.api.throttle import KeyRate
from tenants.models import ApiKey
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory

LIST = "/api/v1/accounts/"


def test_without_a_key_the_api_asks_for_one(db):
    response = APIClient().get(LIST)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response.json() == {
        "code": "not_authenticated",
        "message": "Authentication credentials were not provided.",
        "errors": {},
    }


def test_an_unknown_key_opens_nothing(db):
    response = APIClient().get(LIST, headers={"Authorization": "Bearer csp_nobody"})

    assert (response.status_code, response.json()["code"]) == (
        401,
        "authentication_failed",
    )


def test_a_cookie_opens_nothing(admin_client):
    assert admin_client.get(LIST).status_code == 401


def test_a_key_that_only_reads_does_not_write(reading_api, tenant):
    assert reading_api.get(LIST).status_code == 200
    response = reading_api.post(LIST, {}, format="json")

    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_last_slash_may_be_left_out(api, slash):
    assert api.get(f"/api/v1/accounts{slash}").status_code == 200


def test_pages_neither_skip_nor_repeat(api, tenant):
    with tenant_scope(tenant.pk):
        for number in range(5):
            pk = UUID(int=number)
            AccountFactory(id=pk, external_id=f"a{number}", name="Same name")

    seen, url = [], f"{LIST}?page_size=2&ordering=-name"
    while url:
        page = api.get(url).json()
        seen.append([row["external_id"] for row in page["results"]])
        url, last = page["next"], page
    back = api.get(last["previous"]).json()

    assert seen == [["a4", "a3"], ["a2", "a1"], ["a0"]]
    assert [row["external_id"] for row in back["results"]] == ["a2", "a1"]


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=x",
        "ordering=tenant",
        "cursor=x",
        "nothing=1",
        "cursor=e30=",
        "name=%00",
    ],
)
def test_a_list_refuses_what_it_does_not_know(api, query):
    response = api.get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert set(response.json()) == {"code", "message", "errors"}


def test_a_page_is_never_larger_than_200(api, tenant):
    with tenant_scope(tenant.pk):
        AccountFactory.create_batch(201)

    assert len(api.get(f"{LIST}?page_size=100000").json()["results"]) == 200


def test_an_unknown_resource_is_404_in_the_form_of_the_api(api):
    response = api.get("/api/v1/nothing/")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_the_description_is_openapi_3_1(db):
    response = Client().get("/api/v1/schema/")

    description = response.json()
    assert description["openapi"] == "3.1.0"
    assert set(description["paths"]["/api/v1/accounts/"]["get"]["responses"]) == {
        "200",
        "400",
        "401",
        "403",
        "404",
        "429",
        "503",
    }


def test_rate_is_counted_per_key(api, settings, monkeypatch):
    monkeypatch.setattr(KeyRate, "paused_until", 0.0)
    settings.API_RATE_PER_KEY = "2/minute"

    answers = [api.get(LIST) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_without_redis_everyone_may_pass(api, settings, monkeypatch):
    monkeypatch.setattr(KeyRate, "paused_until", 0.0)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert api.get(LIST).status_code == 200


def test_the_use_of_a_key_is_noted_once_a_minute(api, tenant):
    with time_machine.travel("2026-05-01T10:00:00Z", tick=False) as at:
        api.get(LIST)
        at.shift(59)
        api.get(LIST)
        with tenant_scope(tenant.pk):
            assert ApiKey.objects.get().last_used_at == datetime(
                2026, 5, 1, 10, tzinfo=UTC
            )
        at.shift(1)
        api.get(LIST)

    with tenant_scope(tenant.pk):
        assert ApiKey.objects.get().last_used_at == datetime(
            2026, 5, 1, 10, 1, tzinfo=UTC
        )
