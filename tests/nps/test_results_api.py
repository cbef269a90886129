"""What programs read of answers, and say to follow-ups."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from nps.models import FollowUp, Response
from nps.services import follow_up
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, TicketFactory
from tests.factories.nps import InvitationFactory, ResponseFactory, SurveyFactory

NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
NPS, RESPONSES, FOLLOW_UPS = (
    f"/api/v1/{name}/" for name in ("metrics/nps", "responses", "follow_ups")
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def account(tenant):
    with tenant_scope(tenant.pk):
        return AccountFactory(external_id="birch", tier="high", mrr=Decimal(300))


def test_the_numbers_are_those_of_the_page(api, tenant, account):
    with tenant_scope(tenant.pk):
        for score in (10, 9, 3):
            ResponseFactory(contact__account=account, score=score)
        ResponseFactory(score=0)
        InvitationFactory(state="answered", answered_at=NOW)
        InvitationFactory()
        TicketFactory(
            account=account, category="Billing", csat=5, status="solved", solved_at=NOW
        )

    said = api.get(NPS).json()

    assert (said["first_day"], said["last_day"]) == ("2026-02-06", "2026-05-06")
    assert said["nps"] | {"low": None, "high": None} == {
        "value": 0.0,
        "low": None,
        "high": None,
        "n": 4,
        "promoters": 2,
        "passives": 0,
        "detractors": 2,
        "is_few": True,
    }
    assert [round(said["nps"][end], 4) for end in ("low", "high")] == [
        -97.9982,
        97.9982,
    ]
    # One account pays nothing: two of three of the other's voices.
    assert round(said["weighted_by_mrr"]["value"], 4) == 33.3333
    assert [(row["key"], row["n"]) for row in said["by_tier"]] == [
        ("high", 3),
        ("mid", 1),
    ]
    assert said["response_rate"] == {"part": 1, "whole": 2, "share": 0.5}
    assert said["csat_by_category"] == [
        {"category": "Billing", "n": 1, "satisfied": 1, "value": 1.0}
    ]


def test_the_numbers_of_one_survey(api, tenant):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(key="spring")
        ResponseFactory(survey=survey, score=10)
        ResponseFactory(score=0)

    assert api.get(NPS, {"survey": "spring"}).json()["nps"]["value"] == 100.0


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"from": "soon"}, "from"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "from"),
        ({"to": "9999-01-01"}, "to"),
        ({"survey": "nobody"}, "survey"),
        ({"tier": "high"}, "tier"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_name(api, query, wrong):
    answer = api.get(NPS, query)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [wrong])


def test_an_answer_says_what_was_made_of_its_words(api, account):
    body = {"account": "birch", "kind": "nps", "score": 2, "comment": "Всё сломано"}

    said = api.post(RESPONSES, body, format="json").json()

    assert (said["language"], said["sentiment_by"], said["sentiment"] < 0) == (
        "ru",
        "stems-ru+score",
        True,
    )
    assert (said["source"], said["is_anonymous"], said["survey"]) == (
        "api",
        False,
        None,
    )


def test_anonymous_answers_appear_by_five(api, tenant):
    with tenant_scope(tenant.pk):
        row = Response.objects.create(
            survey=SurveyFactory(),
            is_anonymous=True,
            kind="nps",
            score=9,
            answered_at=NOW,
        )
    before = api.get(RESPONSES).json()["results"]
    with tenant_scope(tenant.pk):
        Response.objects.filter(pk=row.pk).update(released_at=NOW)

    (said,) = api.get(RESPONSES).json()["results"]

    assert before == []
    assert (said["account"], said["contact"], said["is_anonymous"]) == (
        None,
        None,
        True,
    )


def test_a_program_closes_the_loop(api, tenant, account):
    with tenant_scope(tenant.pk):
        found = follow_up(ResponseFactory(contact__account=account, score=2))
        follow_up(ResponseFactory(score=10))

    (said,) = api.get(FOLLOW_UPS, {"kind": "detractor", "state": "open"}).json()[
        "results"
    ]
    kept = api.patch(
        f"{FOLLOW_UPS}{found.pk}/",
        {"reply": "We called", "result": "Solved"},
        format="json",
    )

    assert (said["account"], said["score"], said["due_at"]) == (
        "birch",
        2,
        "2026-05-05T09:00:00Z",
    )
    assert (kept.status_code, kept.json()["reply"], kept.json()["closed_at"]) == (
        200,
        "We called",
        "2026-05-06T09:00:00Z",
    )
    assert [
        one["id"] for one in api.get(FOLLOW_UPS, {"state": "closed"}).json()["results"]
    ] == [str(found.pk)]
    with tenant_scope(tenant.pk):
        entry = AuditEntry.objects.get(action="follow_up.replied")
        assert (entry.by, entry.by_key is not None) == (None, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_follow_ups_cost_the_same_for_one_and_for_three(
    api, tenant, rows, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for _ in range(rows):
            follow_up(ResponseFactory(score=2))
    api.get(FOLLOW_UPS)  # the first call of a key notes that it is used

    # Credential, scope (3), key, savepoint (2), rows, the scope put back.
    with django_assert_num_queries(9):
        answer = api.get(FOLLOW_UPS)

    assert len(answer.json()["results"]) == rows


def test_a_stranger_sees_no_follow_up(api, strangers_api, tenant):
    with tenant_scope(tenant.pk):
        found = follow_up(ResponseFactory(score=2))

    assert strangers_api.get(FOLLOW_UPS).json()["results"] == []
    refused = strangers_api.patch(
        f"{FOLLOW_UPS}{found.pk}/", {"reply": "Mine"}, format="json"
    )
    assert refused.status_code == 404
    with tenant_scope(tenant.pk):
        assert FollowUp.objects.get().reply == ""
