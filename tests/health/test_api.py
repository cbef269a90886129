from datetime import timedelta

import pytest

from health import services
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, TicketFactory
from tests.factories.health import ResponseFactory, SnapshotFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(tenant):
    with tenant_scope(tenant.pk):
        account = account_of(CASES[4])
        services.recompute([account.pk], on=TODAY)
    return account


def url(account, more=""):
    return f"/api/v1/accounts/{account.external_id}/health/{more}"


def test_the_health_of_an_account(api, account):
    body = api.get(url(account)).json()

    measures = body.pop("measures")
    assert body == {
        "score": 70,
        "band": "amber",
        "computed": 70,
        "override": None,
        "change_7d": None,
        "change_28d": None,
        "direction": "unknown",
        "noise_7d": 5,
        "noise_28d": 8,
        "limits": [],
        "coverage": 1.0,
        "computed_at": "2026-05-15T09:00:00Z",
        "scorecard": "Points 1",
        "moved": [],
    }
    assert measures[:2] == [
        {
            "key": "login_days",
            "group": "use",
            "value": 1.0,
            "detail": {},
            "condition": "fewer than 5 days",
            "points": 0,
            "max_points": 30,
            "state": "ok",
            "as_of": "2026-05-15T09:00:00Z",
        },
        {
            "key": "seat_use",
            "group": "use",
            "value": 0.6,
            "detail": {"users": 6, "seats": 10},
            "condition": "more than 50% of the seats",
            "points": 20,
            "max_points": 20,
            "state": "ok",
            "as_of": "2026-05-15T09:00:00Z",
        },
    ]
    assert [measure["key"] for measure in measures[2:]] == [
        "critical_tickets",
        "nps",
        "payments",
    ]


def test_an_account_never_scored_is_unknown(api, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()

    body = api.get(url(account)).json()

    assert (body["score"], body["band"], body["computed_at"]) == (None, "unknown", None)
    assert [measure["state"] for measure in body["measures"]] == ["missing"] * 5


@pytest.mark.parametrize("days", [1, 3])
def test_the_history_is_the_days_asked_for(
    api, tenant, days, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        for ago in range(5):
            SnapshotFactory(account=account, day=TODAY - timedelta(days=ago), score=60)
    first = TODAY - timedelta(days=days)
    api.get(url(account))  # the key's use is noted once a minute

    with django_assert_num_queries(11):
        body = api.get(url(account, f"history/?from={first}&to=2026-05-14")).json()

    assert (body["next"], body["previous"]) == (None, None)
    assert [row["day"] for row in body["results"]] == [
        str(TODAY - timedelta(days=ago)) for ago in range(days, 0, -1)
    ]
    assert {row["scorecard"] for row in body["results"]} == {"Points 1"}


def test_a_long_history_comes_in_pages(api, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        for ago in range(250):
            SnapshotFactory(account=account, day=TODAY - timedelta(days=ago))
    first = TODAY - timedelta(days=300)

    page = api.get(url(account, f"history/?from={first}")).json()
    rest = api.get(page["next"]).json()

    days = [row["day"] for row in page["results"] + rest["results"]]
    assert days == [str(TODAY - timedelta(days=ago)) for ago in range(249, -1, -1)]
    assert (len(page["results"]), rest["next"]) == (200, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?from=x", "from"),
        ("?to=2026-02-30", "to"),
        ("?from=2026-05-02&to=2026-05-01", "to"),
        ("?since=2026-05-02", "since"),
    ],
)
@pytest.mark.parametrize("more", ["history/", "changes/"])
def test_a_bad_period_is_refused_by_its_field(api, account, query, field, more):
    response = api.get(url(account, f"{more}{query}"))

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("more", ["", "history/", "changes/"])
def test_who_may_read_it(api, reading_api, strangers_api, client, account, more):
    assert api.get(url(account, more)).status_code == 200
    assert reading_api.get(url(account, more)).status_code == 200
    assert strangers_api.get(url(account, more)).status_code == 404
    assert client.get(url(account, more)).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_score_is_not_written(api, account, method):
    assert getattr(api, method)(url(account)).status_code == 405


def test_why_the_score_moved_between_two_days(api, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        ResponseFactory(account=account, score=9)
        services.recompute([account.pk], on=TODAY - timedelta(days=7))
        TicketFactory(account=account, severity="critical", opened_at=NOW)
        services.recompute([account.pk], on=TODAY)

    body = api.get(url(account, "changes/?from=2026-05-08&to=2026-05-15")).json()

    assert body == {
        "first": "2026-05-08",
        "last": "2026-05-15",
        "before": 35,
        "after": 20,
        "change": -15,
        "sentence": "Fell by 15 since 8 May: open critical tickets −15.",
        "parts": [
            {
                "kind": "behaviour",
                "key": "critical_tickets",
                "points": -15,
                "label": "Open critical tickets",
                "before": "none",
                "after": "1 open since 15 May 2026",
            }
        ],
    }


def test_an_account_without_a_score_has_no_change(api, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()

    body = api.get(url(account, "changes/")).json()

    assert (body["first"], body["change"], body["parts"]) == (None, None, [])
    assert body["sentence"] == "There is no score."
