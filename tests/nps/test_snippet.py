"""A survey in a foreign page: the origins allowed, who is signed, nobody twice."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from nps.identity import signature_of
from nps.models import Invitation, OptOut, Response, SurveySettings
from nps.services import snippet_secret
from nps.tokens import Named, Purpose, token_of
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import ContactFactory
from tests.factories.nps import InvitationFactory, SurveyFactory

AT = datetime(2026, 5, 5, 9, tzinfo=UTC)
APP = "https://app.acme.example"
pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def survey(tenant):
    with tenant_scope(tenant.pk):
        SurveySettings.objects.create(snippet_secret="secret")
        return SurveyFactory(origins=[APP])


@pytest.fixture
def anna(tenant):
    with tenant_scope(tenant.pk):
        return ContactFactory(external_id="con-1", account__external_id="acc-1")


def home(survey):
    named = Named(survey.tenant_id, survey.pk, survey.link_serial)
    return f"/snippet/{token_of(Purpose.SNIPPET, named)}"


def say(survey, where, body, origin=APP):
    body = body if isinstance(body, bytes) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post(
        f"{home(survey)}/{where}/",
        body,
        content_type="application/json",
        headers={"Origin": origin} if origin else {},
    )


def signed(**changed):
    at = int(AT.timestamp())
    said = {"account": "acc-1", "contact": "con-1", "at": at}
    said["signature"] = signature_of("secret", "acc-1", "con-1", at)
    return said | changed


def rows(tenant, model, *columns):
    with tenant_scope(tenant.pk):
        return list(model.objects.order_by("pk").values_list(*columns))


def test_the_script_is_the_same_for_all_and_kept_by_browsers(survey):
    response = Client().get(f"{home(survey)}.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert Client().get("/snippet/forged.js").status_code == 404


def test_somebody_unknown_answers_once_for_a_turn(tenant, survey):
    asked = say(survey, "asking", {"language": "ru-RU"}).json()
    kept = [say(survey, "answers", {"turn": asked["turn"], "score": n}) for n in (9, 2)]
    said = say(
        survey, "answers", {"words": kept[0].json()["words"], "comment": "Быстро"}
    )

    assert (asked["ask"], asked["language"], asked["scores"]) == (
        True,
        "ru",
        list(range(11)),
    )
    assert asked["question"].startswith("Насколько вероятно")
    assert [one.status_code for one in (*kept, said)] == [200, 200, 200]
    columns = ("score", "comment", "source", "is_anonymous", "account")
    assert rows(tenant, Response, *columns) == [(9, "Быстро", "snippet", True, None)]


def test_a_turn_of_another_survey_is_no_turn_of_this(tenant, survey):
    with tenant_scope(tenant.pk):
        other = SurveyFactory(origins=[APP])
    turn = say(other, "asking", {}).json()["turn"]

    refused = say(survey, "answers", {"turn": turn, "score": 10})

    assert (refused.status_code, rows(tenant, Response, "score")) == (409, [])


def test_a_link_of_another_survey_takes_no_score_of_this_scale(tenant, survey, anna):
    with tenant_scope(tenant.pk):
        other = InvitationFactory(survey=SurveyFactory(kind="csat"), contact=anna)
    turn = token_of(Purpose.ASK, Named(tenant.pk, other.pk, other.serial))

    refused = say(survey, "answers", {"turn": turn, "score": 10})

    assert refused.status_code == 409
    assert rows(tenant, Response, "score") == []


def test_who_is_signed_is_invited_and_answers_as_themselves(tenant, survey, anna):
    asked = say(survey, "asking", signed()).json()
    again = say(survey, "asking", signed()).json()
    say(survey, "answers", {"turn": asked["turn"], "score": 7})
    after = say(survey, "asking", signed()).json()

    assert asked["turn"] == again["turn"]
    assert after == {"ask": False}
    assert rows(tenant, Response, "score", "contact", "source") == [
        (7, anna.pk, "snippet")
    ]
    assert rows(tenant, Invitation, "reason", "state", "contact") == [
        ("snippet", "answered", anna.pk)
    ]


def test_who_is_signed_says_why_anonymously_where_the_survey_is(tenant, survey, anna):
    with tenant_scope(tenant.pk):
        survey.is_anonymous = True
        survey.save()
    asked = say(survey, "asking", signed()).json()
    kept = say(survey, "answers", {"turn": asked["turn"], "score": 7}).json()

    said = say(survey, "answers", {"words": kept["words"], "comment": "Slow"})

    assert (asked["whose"], said.status_code) == ("Anonymous", 200)
    assert rows(tenant, Response, "score", "comment", "contact", "source") == [
        (7, "Slow", None, "invited")
    ]


@pytest.mark.parametrize(
    "said",
    [
        signed(contact="con-2"),
        signed(account="acc-2"),
        signed(signature="0" * 64),
        signed(signature=""),
        signed(at=0),
    ],
)
def test_who_is_not_signed_is_not_asked(tenant, survey, anna, said):
    assert say(survey, "asking", said).json() == {"ask": False}
    assert rows(tenant, Invitation, "pk") == []


def test_who_was_asked_or_left_is_not_asked_in_the_product(tenant, survey, anna):
    with tenant_scope(tenant.pk):
        InvitationFactory(contact=anna, sent_at=AT, survey__kind="csat")
    lately = say(survey, "asking", signed()).json()
    with tenant_scope(tenant.pk):
        Invitation.objects.all().delete()
        OptOut.objects.create(address=anna.email, reason="unsubscribed", at=AT)

    left = say(survey, "asking", signed()).json()

    assert (lately, left) == ({"ask": False}, {"ask": False})


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://evil.example",
        "http://app.acme.example",
        APP + ".evil.example",
    ],
)
def test_another_page_gets_nothing(tenant, survey, origin):
    answers = [
        say(survey, "asking", {}, origin),
        say(survey, "answers", {"turn": "", "score": 9}, origin),
    ]

    assert [one.status_code for one in answers] == [404, 404]
    assert ["Access-Control-Allow-Origin" in one for one in answers] == [False, False]


def test_a_browser_may_ask_first_whether_it_may(survey):
    response = Client().options(f"{home(survey)}/asking/", headers={"Origin": APP})

    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == APP
    assert response["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Origin" in response["Vary"]


def test_what_a_browser_asks_beforehand_is_no_visit(survey, settings):
    settings.SURVEY_RATE = "2/minute"

    for _ in range(3):
        Client().options(f"{home(survey)}/asking/", headers={"Origin": APP})
    visits = [say(survey, "asking", {}).status_code for _ in range(3)]

    assert visits == [200, 200, 429]


@pytest.mark.parametrize("fields", [{"state": "off"}, {"kind": "free"}])
def test_a_survey_that_cannot_be_asked_here_stays_away(tenant, survey, fields):
    with tenant_scope(tenant.pk):
        for name, value in fields.items():
            setattr(survey, name, value)
        survey.save()

    assert say(survey, "asking", {}).json() == {"ask": False}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"score": "9"}',
        b'{"turn": 1}',
        b'{"turn": "\\ud800"}',
        b"[" * 100_000,
        b'{"comment": "' + b"a" * 70_000 + b'"}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_answer_is_refused(tenant, survey, body):
    assert say(survey, "answers", body).status_code == 400
    assert rows(tenant, Response, "pk") == []


@pytest.mark.parametrize(
    "said",
    [
        {"turn": "forged", "score": 9},
        {"turn": "", "score": 9},
        {"words": "forged", "comment": "x"},
        {"score": 9},
        {},
    ],
)
def test_without_a_turn_nothing_is_kept(tenant, survey, said):
    assert say(survey, "answers", said).status_code == 409
    assert rows(tenant, Response, "pk") == []


def test_a_score_off_the_scale_is_refused(tenant, survey):
    turn = say(survey, "asking", {}).json()["turn"]

    answers = [
        say(survey, "answers", {"turn": turn, "score": score}).status_code
        for score in (11, -1, 10**30, 7.5, None)
    ]

    assert (answers, rows(tenant, Response, "pk")) == ([409, 400, 400, 400, 409], [])


def test_the_secret_is_made_once_and_in_the_trail(tenant, admin):
    with tenant_scope(tenant.pk):
        secrets = {snippet_secret(by=admin) for _ in range(2)}
        entries = AuditEntry.objects.filter(action="survey.snippet_secret_made")

        assert (len(secrets), entries.count()) == (1, 1)
        assert secrets.pop() not in str(list(AuditEntry.objects.values()))
