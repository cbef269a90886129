"""The page behind a link: a visit never votes, a POST does, once and again for a while."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from nps.models import Invitation, OptOut, Response, SurveyQuestion, SurveyWording
from nps.tokens import Named, Purpose, token_of
from tenants.scoping import tenant_scope
from tests.factories.nps import InvitationFactory, SurveyFactory

AT = datetime(2026, 5, 5, 9, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def invite(tenant):
    def made(**fields):
        with tenant_scope(tenant.pk):
            return InvitationFactory(**fields)

    return made


def link(invitation, purpose=Purpose.ASK):
    named = Named(invitation.tenant_id, invitation.pk, invitation.serial)
    prefix = {Purpose.ASK: "s", Purpose.STOP: "u"}[purpose]
    return f"/{prefix}/{token_of(purpose, named)}/"


def kept(tenant):
    with tenant_scope(tenant.pk):
        rows = Response.objects.order_by("answered_at", "pk")
        return [(row.score, row.comment) for row in rows]


def state_of(invitation):
    with tenant_scope(invitation.tenant_id):
        return Invitation.objects.get(pk=invitation.pk).state


def test_no_visit_answers(tenant, invite):
    invitation = invite()
    here = link(invitation)

    answers = [
        getattr(Client(), method)(here + score).status_code
        for method in ("get", "head")
        for score in ("", "0/", "9/")
    ]

    assert answers == [200] * 6
    assert (kept(tenant), state_of(invitation)) == ([], "sent")


def test_a_post_answers_and_asks_why(tenant, invite):
    here = link(invite())

    answered = Client(enforce_csrf_checks=True).post(here, {"score": "9"}, follow=True)
    told = Client().post(here + "why/", {"comment": "Fast"})

    assert answered.redirect_chain == [(here, 303)]
    assert b"What is the most important reason" in answered.content
    assert b"We read every answer" in told.content
    assert kept(tenant) == [(9, "Fast")]


def test_the_number_of_a_mail_waits_to_be_sent(invite):
    page = Client().get(link(invite()) + "7/").content.decode()

    assert '<input type="hidden" name="score" value="7">' in page
    assert "data-confirm" in page


def test_who_opens_many_numbers_is_no_person(invite):
    here = link(invite())

    pages = [Client().get(f"{here}{n}/").content.decode() for n in range(5)]

    assert ["data-confirm" in page for page in pages] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("score", ["11", "-1", "", "x", "7.5", "9" * 400, "\x00", None])
def test_an_altered_score_is_told_and_not_kept(tenant, invite, score):
    data = {} if score is None else {"score": score}

    response = Client().post(link(invite()), data)

    assert (response.status_code, kept(tenant)) == (422, [])


@pytest.mark.parametrize("score", ["11", "99999999999999999999"])
def test_an_altered_number_in_the_address_chooses_nothing(invite, score):
    response = Client().get(f"{link(invite())}{score}/")

    assert response.status_code == 200
    assert b'name="score" value="11"' not in response.content


def test_an_answer_can_be_changed_for_a_while(tenant, invite, clock):
    here = link(invite())
    Client().post(here, {"score": "9"})
    clock.shift(timedelta(days=6, hours=23))
    Client().post(here, {"score": "3"})
    shown = Client().get(here).content.decode()
    clock.shift(timedelta(hours=2))

    late = Client().post(here, {"score": "10"})

    assert (late.status_code, kept(tenant)) == (404, [(3, "")])
    assert '<button name="score" value="3" aria-pressed="true"' in shown


def test_the_same_answer_again_is_the_same(tenant, invite):
    here = link(invite())

    answers = [Client().post(here, {"score": "9"}).status_code for _ in range(3)]

    assert (answers, kept(tenant)) == ([303] * 3, [(9, "")])
    with tenant_scope(tenant.pk):
        assert Response.objects.get().changed_at is None


def test_every_bad_link_is_refused_alike(tenant, other_tenant, invite, clock):
    with tenant_scope(other_tenant.pk):
        theirs = InvitationFactory()
    good = invite()
    named = Named(tenant.pk, good.pk, good.serial)
    states = ("planned", "recalled", "expired", "bounced", "declined")
    bad = {
        "forged": link(good)[:-4] + "AAA/",
        "no token": "/s/hello/",
        "of another workspace": f"/s/{token_of(Purpose.ASK, Named(tenant.pk, theirs.pk))}/",
        "of no workspace": f"/s/{token_of(Purpose.ASK, Named(10**9, good.pk))}/",
        "for another purpose": f"/s/{token_of(Purpose.STOP, named)}/",
        "withdrawn": f"/s/{token_of(Purpose.ASK, Named(tenant.pk, good.pk, 9))}/",
        "expired": link(invite(expires_at=AT)),
        "answered anonymously": link(invite(state="answered")),
    }
    bad |= {
        state: link(
            invite(state=state, **({"sent_at": None} if state in states[:2] else {}))
        )
        for state in states
    }

    answers = {
        (name, method): getattr(Client(), method)(here, {"score": "9"})
        for name, here in bad.items()
        for method in ("get", "post")
    }

    different = {
        key: answer.status_code
        for key, answer in answers.items()
        if (answer.status_code, without_nonce(answer))
        != (404, without_nonce(answers["no token", "get"]))
    }
    assert (different, kept(tenant)) == ({}, [])


def without_nonce(answer):
    text = answer.content.decode()
    return text.partition('nonce="')[0] + text.partition('nonce="')[2].partition('"')[2]


def test_a_bad_link_asks_the_database_as_much_as_an_old_one(
    tenant, invite, django_assert_num_queries
):
    old = link(invite(expires_at=AT))

    with django_assert_num_queries(8) as asked:
        Client().get(old)
    with django_assert_num_queries(len(asked)):
        Client().get("/s/forged/")


def test_an_anonymous_answer_is_said_why_by_its_page_alone(tenant, invite):
    invitation = invite(survey__is_anonymous=True)
    here = link(invitation)

    answered = Client().post(here, {"score": "4"})
    words = answered["Location"]
    Client().post(words, {"comment": "Slow"})
    again = Client().post(here, {"score": "10"})

    assert words.startswith("/w/")
    assert (kept(tenant), again.status_code) == ([(4, "Slow")], 404)
    with tenant_scope(tenant.pk):
        row, asked = Response.objects.get(), Invitation.objects.get()
        assert (row.invitation, row.contact, row.account) == (None, None, None)
        assert (asked.state, asked.answered_at, asked.updated_at) == (
            "answered",
            None,
            invitation.updated_at,
        )


def test_an_anonymous_answer_does_not_say_in_which_language_it_was_asked_for(
    tenant, invite
):
    here = link(invite(survey__is_anonymous=True, language="ru"))

    answered = Client().post(here, {"score": "4"})
    why = Client().get(answered["Location"]).content.decode()

    with tenant_scope(tenant.pk):
        assert Response.objects.get().language == ""
    assert "Спасибо" in why


def test_questions_of_its_own_are_asked_and_kept(tenant, invite):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(kind="free")
        for position, kind in enumerate(["score", "choice", "many", "text", "yes_no"]):
            SurveyQuestion.objects.create(
                survey=survey,
                position=position,
                kind=kind,
                label={"en": f"Question {position}", "ru": "?"},
                choices=[
                    {"key": key, "label": {"en": key.upper()}} for key in ("a", "b")
                ],
                is_required=kind == "choice",
            )
        here = link(InvitationFactory(survey=survey))

    page = Client().get(here).content.decode()
    missing = Client().post(here, {"q0": "10", "q1": "z"})
    words = {"q0": "10", "q1": "b", "q2": ["a", "b"], "q3": "Words", "q4": "no"}
    told = Client().post(here, words, follow=True)

    assert [page.count(f"Question {n}") for n in range(5)] == [1] * 5
    assert missing.status_code == 422
    assert b"your answer is recorded" in told.content
    with tenant_scope(tenant.pk):
        answers = Response.objects.get().answers
    assert [(one["label"], one["value"], one["shown"]) for one in answers] == [
        ("Question 0", 10, "10"),
        ("Question 1", "b", "B"),
        ("Question 2", ["a", "b"], "A, B"),
        ("Question 3", "Words", "Words"),
        ("Question 4", "no", "No"),
    ]


def test_a_person_is_asked_in_their_language_and_the_words_of_the_survey(
    tenant, invite
):
    with tenant_scope(tenant.pk):
        survey = SurveyFactory()
        SurveyWording.objects.create(
            survey=survey, language="ru", why="Почему у {name} так?"
        )
    here = link(invite(survey=survey, language="ru"))

    page = Client().get(here).content.decode()
    asked = Client().post(here, {"score": "5"}, follow=True).content.decode()

    assert '<html lang="ru">' in page
    assert "Насколько вероятно, что вы порекомендуете Acme" in page
    assert "Почему у Acme так?" in asked


def test_a_customer_gets_no_cookie_and_no_page_is_kept(invite):
    here = link(invite())

    answers = [Client().get(here), Client().get("/s/forged/")]
    answers.append(Client().post(here, {"score": "9"}))

    assert [list(one.cookies) for one in answers] == [[], [], []]
    assert ["no-store" in one["Cache-Control"] for one in answers] == [True] * 3


def test_who_guesses_waits_and_who_knows_does_not(invite, settings):
    settings.SURVEY_RATE = "3/minute"
    here = link(invite())

    guesses = [Client().get(f"/s/g{n}/").status_code for n in range(5)]
    known = [Client().get(here).status_code for _ in range(4)]

    assert guesses == [404, 404, 404, 429, 429]
    assert known == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("is_behind", "statuses"),
    [(True, [404, 404, 404, 404, 404]), (False, [404, 404, 404, 429, 429])],
)
def test_behind_a_proxy_visitors_are_told_apart(settings, is_behind, statuses):
    settings.SURVEY_RATE, settings.BEHIND_PROXY = "3/minute", is_behind

    answers = [
        Client().get("/s/forged/", headers={"X-Forwarded-For": f"9.9.9.9, 10.0.0.{n}"})
        for n in range(5)
    ]

    assert [one.status_code for one in answers] == statuses


def test_who_pretends_to_come_from_elsewhere_is_counted_as_one(settings):
    settings.SURVEY_RATE, settings.BEHIND_PROXY = "3/minute", True

    answers = [
        Client().get("/s/forged/", headers={"X-Forwarded-For": f"10.0.0.{n}, 9.9.9.9"})
        for n in range(5)
    ]

    assert [one.status_code for one in answers] == [404, 404, 404, 429, 429]


def test_one_click_unsubscribes_without_a_page(tenant, invite):
    invitation = invite(address="anna@customer.example")
    mail_program = Client(enforce_csrf_checks=True)

    visit = mail_program.get(link(invitation, Purpose.STOP))
    before = state_of(invitation)
    answers = [
        mail_program.post(
            link(invitation, Purpose.STOP), {"List-Unsubscribe": "One-Click"}
        ).status_code
        for _ in range(2)
    ]

    assert (visit.status_code, before, answers) == (200, "sent", [200, 200])
    assert state_of(invitation) == "declined"
    with tenant_scope(tenant.pk):
        left = list(OptOut.objects.values_list("address", "reason"))
    assert left == [("anna@customer.example", "unsubscribed")]


def test_who_left_by_mistake_comes_back(tenant, invite):
    invitation = invite(address="anna@customer.example")
    here = link(invitation, Purpose.STOP)
    Client().post(here)

    page = Client().post(here, {"again": "1"})

    assert b"you will be asked again" in page.content
    assert b"No more surveys from Acme?" in page.content
    assert state_of(invitation) == "sent"
    with tenant_scope(tenant.pk):
        assert OptOut.objects.count() == 0


def test_nobody_comes_back_to_an_address_where_nobody_is(tenant, invite):
    invitation = invite(address="anna@customer.example")
    with tenant_scope(tenant.pk):
        OptOut.objects.create(address=invitation.address, reason="bounced", at=AT)

    Client().post(link(invitation, Purpose.STOP), {"again": "1"})

    with tenant_scope(tenant.pk):
        assert OptOut.objects.get().reason == "bounced"
