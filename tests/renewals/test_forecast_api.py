from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
import time_machine

from renewals import services
from renewals.models import ForecastCall
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of

FORECAST = "/api/v1/forecast/"
CALLS = "/api/v1/forecast/calls/"
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as travel:
        yield travel


def make(tenant, number=1, **fields):
    with tenant_scope(tenant.pk):
        made = [
            renewal_of(
                ends_on=date(2026, 12, 20), on=date(2026, 9, 1), mrr=100, **fields
            )
            for _ in range(number)
        ]
    return made[0] if number == 1 else made


def take(tenant, clock):
    clock.move_to(datetime(2026, 11, 23, 0, 5, tzinfo=UTC))
    with tenant_scope(tenant.pk):
        services.take_forecast(MONDAY)


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count(api, tenant, clock, number, django_assert_num_queries):
    make(tenant, number)
    take(tenant, clock)
    api.get(FORECAST)

    with django_assert_num_queries(9):
        rows = api.get(FORECAST).json()["results"]

    assert len(rows) == number


def test_a_deal_tells_what_was_known_and_said(api, tenant, csm, clock):
    renewal = make(tenant, owner=csm)
    with tenant_scope(tenant.pk):
        services.call_renewal(
            renewal, level="csm", category="commit", amount=D(1300), by=csm
        )
        external_id = renewal.account.external_id
    take(tenant, clock)

    (row,) = api.get(FORECAST).json()["results"]

    assert row == {
        "week": "2026-11-23",
        "is_late": False,
        "renewal": str(renewal.pk),
        "account": external_id,
        "owner": csm.email,
        "tier": "mid",
        "segment": "",
        "stage": "upcoming",
        "band": "unknown",
        "ends_on": "2026-12-20",
        "decides_on": "2026-12-20",
        "placed_on": "2026-12-20",
        "amount": "1200.00",
        "currency": "USD",
        "rate": "1.00000000",
        "probability": "0.8000",
        "csm_category": "commit",
        "csm_amount": "1300.00",
        "lead_category": "",
        "lead_amount": None,
        "result": "",
        "result_amount": None,
        "decided_on": None,
        "is_noticed": False,
    }
    assert api.get(FORECAST + "?week=2026-11-16").json()["results"] == []
    assert api.get(FORECAST + "?weak=1").status_code == 400


def test_the_figures_of_a_quarter(api, tenant, csm):
    renewal = make(tenant, owner=csm)
    with tenant_scope(tenant.pk):
        services.call_renewal(renewal, level="lead", category="possible", by=csm)

    found = api.get(FORECAST + "figures/").json()

    none = {"uncalled": 0, "uncalled_value": "0.00"}
    # 960 ± 1.2816 × 480, but no more than 1,200
    assert found == {
        "quarter": "2026-Q4",
        "on": "2026-11-22",
        "currency": "USD",
        "count": 1,
        "value": "1200.00",
        "open": 1,
        "open_value": "1200.00",
        "won": "0.00",
        "lost": "0.00",
        "auto": {"worst": "344.83", "likely": "960.00", "best": "1200.00", **none},
        "csm": {
            "worst": "0.00",
            "likely": "0.00",
            "best": "0.00",
            "uncalled": 1,
            "uncalled_value": "1200.00",
        },
        "lead": {"worst": "0.00", "likely": "0.00", "best": "1200.00", **none},
        "unpriced": {},
    }
    assert api.get(FORECAST + "figures/?quarter=2027-Q1").json()["count"] == 0
    assert api.get(FORECAST + "figures/?quarter=soon").status_code == 400


def test_a_call_is_written_and_kept(api, tenant, csm):
    renewal = make(tenant, owner=csm)
    said = {"renewal": str(renewal.pk), "level": "csm", "category": "commit"}

    first = api.post(CALLS, said | {"by": csm.email}, format="json")
    second = api.post(CALLS, said | {"category": "out", "amount": "7"}, format="json")

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.json()["by"], first.json()["amount"]) == (csm.email, None)
    assert second.json()["amount"] == "7.00"
    with tenant_scope(tenant.pk):
        assert ForecastCall.objects.count() == 2
        audit = AuditEntry.objects.filter(action="renewal.called")
        assert {entry.by_key is not None for entry in audit} == {True}
    assert len(api.get(f"{CALLS}?renewal={renewal.pk}").json()["results"]) == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"category": "maybe"}, "category"),
        ({"level": "ceo"}, "level"),
        ({"amount": "-1"}, "amount"),
        ({"by": "nobody@example.com"}, "by"),
        ({"renewal": "00000000-0000-7000-8000-000000000000"}, "renewal"),
    ],
)
def test_a_bad_call_is_400_at_the_field(api, tenant, changed, field):
    renewal = make(tenant)
    said = {"renewal": str(renewal.pk), "level": "csm", "category": "commit"}

    response = api.post(CALLS, said | changed, format="json")

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_a_decided_renewal_is_a_conflict(api, tenant, csm):
    renewal = make(tenant)
    with tenant_scope(tenant.pk):
        services.close_renewal(
            renewal, result="renewed", amount=D(1), by=csm, on=date(2026, 11, 22)
        )
    said = {"renewal": str(renewal.pk), "level": "csm", "category": "commit"}

    assert api.post(CALLS, said, format="json").status_code == 409


def test_another_workspace_sees_and_calls_nothing(
    api, strangers_api, reading_api, tenant, clock
):
    renewal = make(tenant)
    take(tenant, clock)
    said = {"renewal": str(renewal.pk), "level": "csm", "category": "commit"}

    assert len(api.get(FORECAST).json()["results"]) == 1
    assert strangers_api.get(FORECAST).json()["results"] == []
    assert strangers_api.post(CALLS, said, format="json").status_code == 400
    assert reading_api.post(CALLS, said, format="json").status_code == 403
    with tenant_scope(tenant.pk):
        assert ForecastCall.objects.count() == 0
