"""Who is asked no more, for programs: a provider's report of bounces and complaints."""

import pytest

from nps.models import Invitation, OptOut
from tenants.scoping import tenant_scope
from tests.factories.nps import InvitationFactory

URL = "/api/v1/opt_outs/"


def test_a_reported_bounce_ends_what_was_to_come(api, tenant):
    with tenant_scope(tenant.pk):
        InvitationFactory(address="anna@customer.example")

    answers = [
        api.post(
            URL, {"address": "Anna@Customer.example", "reason": why}, format="json"
        )
        for why in ("bounced", "complained")
    ]

    said = [(one.status_code, one.json()["reason"]) for one in answers]
    assert said == [(200, "bounced"), (200, "bounced")]
    with tenant_scope(tenant.pk):
        assert Invitation.objects.get().state == "bounced"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(
    api, tenant, rows, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for number in range(rows):
            OptOut.objects.create(
                address=f"a{number}@customer.example",
                reason="bounced",
                at="2026-05-04T09:00Z",
            )
    api.get(URL)

    with django_assert_num_queries(9):
        found = api.get(URL).json()["results"]

    assert len(found) == rows


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"address": "x", "reason": "bounced"},
        {"address": "a@b.example", "reason": "?"},
    ],
)
def test_what_is_no_report_is_refused(api, tenant, body):
    response = api.post(URL, body, format="json")

    assert response.status_code == 400
    with tenant_scope(tenant.pk):
        assert OptOut.objects.count() == 0


def test_a_key_that_reads_reports_nothing_and_a_stranger_sees_nothing(
    reading_api, strangers_api, tenant
):
    with tenant_scope(tenant.pk):
        OptOut.objects.create(
            address="a@customer.example", reason="bounced", at="2026-05-04T09:00Z"
        )
    body = {"address": "b@customer.example", "reason": "bounced"}

    refused = reading_api.post(URL, body, format="json")

    assert refused.status_code == 403
    assert strangers_api.get(URL).json()["results"] == []
