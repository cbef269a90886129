from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tenants.scoping import tenant_scope
from tests.factories.usage import SourceFactory
from tests.usage.oracle import Message
from tests.usage.rollups import roll_up_all, store

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture
def used(tenant):
    with time_machine.travel(NOON, tick=False):
        with tenant_scope(tenant.pk):
            moments = [
                (NOON - timedelta(days=days), name)
                for days in range(3)
                for name in ("open", "save")
            ]
            store(
                [
                    Message(f"{n:032x}", "track", at, at, "u1", "", "acme", "", name)
                    for n, (at, name) in enumerate(moments)
                ],
                source=SourceFactory(),
            )
            roll_up_all()
        yield


def test_usage_by_day_and_feature(api, used):
    body = api.get("/api/v1/accounts/acme/usage/?from=2026-05-19&to=2026-05-19").json()

    assert sorted(body["results"], key=lambda row: row["feature"]) == [
        {"day": "2026-05-19", "feature": "open", "events": 1, "users": 1, "minutes": 5},
        {"day": "2026-05-19", "feature": "save", "events": 1, "users": 1, "minutes": 5},
    ]
    assert (body["next"], body["previous"]) == (None, None)


def test_pages_neither_skip_nor_repeat(api, used, monkeypatch):
    monkeypatch.setattr("usage.api.rollups.PAGE_SIZE", 4)
    whole, url = [], "/api/v1/accounts/acme/usage/"

    while url:
        body = api.get(url).json()
        whole += [(row["day"], row["feature"]) for row in body["results"]]
        url = body["next"]

    assert len(whole) == 6
    assert len(set(whole)) == 6


@pytest.mark.parametrize(
    "query", ["from=x", "to=2026-13-01", "cursor=%25", "page=2", "from=2026-06-01"]
)
def test_a_bad_question_is_named(api, used, query):
    response = api.get(f"/api/v1/accounts/acme/usage/?{query}")

    assert response.status_code == 400
    assert set(response.json()) == {"code", "message", "errors"}


def test_a_strangers_account_is_not_there(strangers_api, used):
    assert strangers_api.get("/api/v1/accounts/acme/usage/").status_code == 404
