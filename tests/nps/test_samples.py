"""A survey as its customers see it, shown to members: nothing of it counts."""

import html
import re
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest
import time_machine

from messaging.models import Message
from messaging.services import deliver
from nps.models import Invitation, OptOut, Response, SurveySettings, SurveyWording
from tenants.scoping import tenant_scope
from tests.factories.nps import SurveyFactory
from tests.messaging.sink import Sink, running

URL = "/t/acme/surveys/"
AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("fresh_limits")


def survey_of(tenant, **fields):
    with tenant_scope(tenant.pk):
        return SurveyFactory(**fields)


def framed(page):
    return [html.unescape(one) for one in re.findall(r'srcdoc="([^"]*)"', page)]


def test_a_survey_says_in_words_whom_it_asks_and_when(csm_client, tenant):
    tenant.timezone = "Asia/Almaty"
    tenant.save()
    survey = survey_of(
        tenant,
        roles=["champion", "user"],
        minimum_use_days=5,
        wait_days=90,
        wait_any_days=1,
        spread_days=3,
        lapses_after_days=21,
        after_ticket=True,
        reminder_after_days=None,
    )
    with tenant_scope(tenant.pk):
        SurveySettings.objects.create(budget_count=2, send_from=10, send_to=17)

    page = csm_client.get(f"{URL}{survey.pk}/")

    assert dict(page.context["terms"]) == {
        "Roles": "Champion, User",
        "Tiers": "every tier",
        "Use": "at accounts that used the product on 5 of the last 28 days at least",
        "Waits": "90 days since one of this kind, 1 day since any survey",
        "Budget": "a person at most 2 times in 365 days, over all surveys",
        "When mail goes out": "on working days, from 10:00 to 17:00, Asia/Almaty",
        "Dead months": "the work calendar has none",
        "Spread": "over 3 sending days; too late 21 days after the planned day;"
        " after a ticket at once",
        "Reminder": "nobody is reminded",
        "Answers": "taken for 30 days, and can be changed for 7 days",
    }


@pytest.mark.parametrize(
    ("language", "question", "button"),
    [
        ("en", "Would you recommend us?", "Send 10"),
        ("ru", "Насколько вероятно, что вы порекомендуете Acme", "Отправить 10"),
    ],
)
def test_a_survey_shows_its_letter_and_its_page_in_either_language(
    csm_client, tenant, language, question, button
):
    survey = survey_of(tenant)
    with tenant_scope(tenant.pk):
        SurveyWording.objects.create(
            survey=survey, language="en", question="Would you recommend us?"
        )

    page = csm_client.get(f"{URL}{survey.pk}/?language={language}")

    letter, answering = framed(page.content.decode())
    assert (question in letter, question in answering) == (True, True)
    assert (letter.count('<a href="#">'), button in answering) == (12, True)
    nonce = re.search(r"'nonce-([^']+)'", page["Content-Security-Policy"])[1]
    assert f'<style nonce="{nonce}">' in letter
    assert "<script" not in letter + answering


@pytest.mark.parametrize("kind", ["nps", "csat", "free"])
@pytest.mark.parametrize("is_anonymous", [True, False])
def test_a_walk_through_the_page_records_nothing(
    csm_client, tenant, kind, is_anonymous
):
    survey = survey_of(tenant, kind=kind, is_anonymous=is_anonymous, state="draft")
    start = f"{URL}{survey.pk}/sample/en/"

    shown = csm_client.get(start, {"score": "4"})
    why = csm_client.get(f"{start}why/", {"score": "4"})
    thanks = csm_client.get(f"{start}thanks/", {"comment": "Hello"})

    pages = [one.content.decode() for one in (shown, why, thanks)]
    assert f'action="{start}why/"' in pages[0]
    assert f'action="{start}thanks/"' in pages[1]
    assert "We read every answer" in pages[2]
    assert ['method="post"' in page for page in pages] == [False] * 3
    assert ["nothing here is recorded" in page for page in pages] == [True] * 3
    with tenant_scope(tenant.pk):
        assert (Response.objects.count(), Invitation.objects.count()) == (0, 0)


@pytest.fixture
def post(settings):
    """Delivers what waits in the outbox; the mails that came, and what was refused."""
    settings.SITE_URL = "https://cs.example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 2

    def posted(tenant, *answers):
        sink = Sink(*answers)
        with running(sink) as port:
            settings.EMAIL_PORT = port
            deliver(tenant.pk, seconds=1)
        return [
            BytesParser(policy=policy.default).parsebytes(one.as_bytes())
            for one in sink.accepted
        ]

    return posted


@time_machine.travel(AT, tick=True)
def test_a_test_letter_comes_to_who_asked_for_it_and_counts_nothing(
    csm_client, csm, tenant, post
):
    survey = survey_of(tenant, state="draft", on_since=None)

    answer = csm_client.post(f"{URL}{survey.pk}/letters/", {"language": "ru"})
    (mail,) = post(tenant)

    text = mail.get_body(("plain",)).get_content()
    links = re.findall(r"https://cs\.example\.com(/\S+)", text)
    assert answer.status_code == 302
    assert (mail["To"], mail["Subject"].strip()) == (
        csm.email,
        "Проверка: Один вопрос о Acme",
    )
    assert links[0:11] == [
        f"{URL}{survey.pk}/sample/ru/?score={score}" for score in range(11)
    ]
    assert (mail["List-Unsubscribe"], mail["Auto-Submitted"]) == (
        None,
        "auto-generated",
    )
    assert csm_client.get(links[7]).context["chosen"] == 7
    with tenant_scope(tenant.pk):
        assert (Response.objects.count(), Invitation.objects.count()) == (0, 0)


@time_machine.travel(AT, tick=True)
def test_a_test_letter_that_comes_back_keeps_nobody_from_surveys(
    csm_client, tenant, post
):
    survey = survey_of(tenant)
    csm_client.post(f"{URL}{survey.pk}/letters/", {"language": "en"})

    came = post(tenant, "rcpt 550 5.1.1 no such user")

    with tenant_scope(tenant.pk):
        states = list(Message.objects.values_list("state", flat=True))
        assert (came, states, OptOut.objects.count()) == ([], ["dead"], 0)


def test_nobody_fills_a_mailbox_with_test_letters(csm_client, tenant):
    survey = survey_of(tenant)

    for _ in range(21):
        csm_client.post(f"{URL}{survey.pk}/letters/", {"language": "en"})

    with tenant_scope(tenant.pk):
        assert Message.objects.count() == 20


@pytest.mark.parametrize(
    ("who", "looks", "sends"),
    [
        ("csm", 200, 302),
        ("lead", 200, 302),
        ("viewer", 200, 404),
        ("stranger", 404, 404),
    ],
)
def test_who_may_look_and_who_may_send_themselves_a_letter(
    request, sign_in, tenant, who, looks, sends
):
    survey = survey_of(tenant)
    client = sign_in(request.getfixturevalue(who))

    looked = client.get(f"{URL}{survey.pk}/sample/en/")
    sent = client.post(f"{URL}{survey.pk}/letters/", {"language": "en"})

    assert (looked.status_code, sent.status_code) == (looks, sends)
    with tenant_scope(tenant.pk):
        assert Message.objects.count() == (sends == 302)


def test_a_language_we_do_not_speak_is_not_there(csm_client, tenant):
    survey = survey_of(tenant)

    answers = [
        csm_client.get(f"{URL}{survey.pk}/sample/xx/"),
        csm_client.post(f"{URL}{survey.pk}/letters/", {"language": "xx"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
