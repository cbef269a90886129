"""The inbox, one answer, and the numbers: who sees what, and what leads where."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from nps.models import FollowUp, Response
from nps.queries.answers import Choice, answers
from nps.queries.results import by_month
from nps.queries.voices import voices
from nps.services import follow_up, reply
from tenants.models import Membership
from tenants.scoping import tenant_scope
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    TicketFactory,
)
from tests.factories.nps import InvitationFactory, ResponseFactory, SurveyFactory
from tests.nps.pages import PARTS, RESULTS, whole
from worklist.models import Task

NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
INBOX = "/t/acme/surveys/answers/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(in_tenant, csm):
    return AccountFactory(name="Birch", owner=csm, tier="high", mrr=Decimal(300))


def shown(client, **query):
    return [row.answer for row in client.get(INBOX, query).context["rows"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_costs_the_same_for_one_row_and_for_three(
    csm_client, account, rows, django_assert_num_queries
):
    for _ in range(rows):
        follow_up(ResponseFactory(contact__account=account))

    with django_assert_num_queries(18):
        response = csm_client.get(INBOX)

    assert len(response.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [(RESULTS, 14), *zip((f"{RESULTS}parts/{one}/" for one in PARTS), (17, 12, 13), strict=True)],
)  # fmt: skip
def test_the_results_cost_the_same_for_one_answer_and_for_three(
    csm_client, account, rows, address, queries, django_assert_num_queries
):
    for _ in range(rows):
        ResponseFactory(contact__account=account, comment="The price")

    with django_assert_num_queries(queries):
        response = csm_client.get(address)

    assert response.status_code == 200
    assert whole(csm_client)["found"].nps.n == rows


def test_a_part_of_the_results_is_a_page_of_its_own(sign_in, csm, stranger, account):
    ResponseFactory(contact__account=account, score=9)
    client, foreign = sign_in(csm), sign_in(stranger)

    for part in PARTS:
        address = f"{RESULTS}parts/{part}/"
        page = client.get(address).content.decode()
        swapped = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert (page.count("<h1>"), swapped.count("<h1>")) == (1, 0)
        assert [f'id="part-{part}"' in text for text in (page, swapped)] == [True] * 2
        assert foreign.get(address).status_code == 404
    assert client.get(f"{RESULTS}parts/everything/").status_code == 404


def test_who_answers_again_takes_the_place_of_what_they_said(lead_client, account):
    contact = ContactFactory(account=account)
    survey, other = SurveyFactory.create_batch(2)
    for day, score, of, kind in (
        (1, 0, survey, "nps"),
        (3, 9, other, "nps"),
        (2, 7, survey, "nps"),
        (4, 1, other, "csat"),
    ):
        at = datetime(2026, 5, day, tzinfo=UTC)
        ResponseFactory(
            contact=contact, score=score, survey=of, kind=kind, answered_at=at
        )

    def scores(**query):
        found = whole(lead_client, query)
        last = found["trend"]["data"][0]["y"][-1]
        return [n for n in range(11) if found["found"].scores[n]], last

    assert scores() == ([9], 100.0)
    # As it was known on the second; and of the one survey alone.
    assert scores(until="2026-05-02") == ([7], 0.0)
    assert scores(survey=str(survey.pk)) == ([7], 0.0)
    assert scores(until="2026-05-01") == ([0], -100.0)


def test_nobody_known_takes_nobodys_place(lead_client, account):
    contact = ContactFactory(account=account)
    for score in (0, 10):
        ResponseFactory(contact=contact, score=score)

    before = lead_client.get(RESULTS).context["found"].nps.n
    contact.delete()
    after = lead_client.get(RESULTS).context["found"].nps.n

    assert (before, after) == (1, 2)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, {"slow", "great", "so so", "five"}),
        ({"kind": "nps"}, {"slow", "great", "so so"}),
        ({"band": "detractor", "kind": "nps"}, {"slow"}),
        ({"score": 10}, {"great"}),
        ({"tone": "negative"}, {"slow"}),
        ({"tone": "unknown"}, {"so so", "five"}),
        ({"tag": "Price"}, {"slow"}),
        ({"language": "ru"}, {"great"}),
        ({"q": "GREA"}, {"great"}),
        ({"q": "birch"}, {"slow"}),
        ({"tier": "high"}, {"slow"}),
        ({"role": "champion"}, {"great"}),
        ({"role": "none"}, {"slow", "so so", "five"}),
        ({"owner": "none"}, {"great", "so so", "five"}),
        ({"plan": "Pro"}, {"so so"}),
        ({"follow": "open"}, {"slow"}),
        ({"follow": "none"}, {"great", "so so", "five"}),
        ({"since": "2026-05-05"}, set()),
        ({"until": "2026-05-03"}, set()),
        ({"since": "nonsense", "score": "eleven", "tier": "x"}, {"slow", "great", "so so", "five"}),
    ],
)  # fmt: skip
def test_the_inbox_narrows(lead_client, account, query, words):
    slow = ResponseFactory(
        contact__account=account,
        score=2,
        comment="slow",
        tags=["Price"],
        sentiment=-0.5,
    )
    follow_up(slow)
    ResponseFactory(
        contact__roles=["champion"],
        score=10,
        comment="great",
        language="ru",
        sentiment=0.6,
    )
    even = ResponseFactory(score=7, comment="so so")
    ContractFactory(account=even.account, plan="Pro")
    ResponseFactory(kind="csat", score=5, comment="five")

    assert {one.comment for one in shown(lead_client, **query)} == words


def test_the_latest_of_each_person_is_what_the_number_is_made_of(lead_client, account):
    contact = ContactFactory(account=account)
    ResponseFactory(
        contact=contact, score=2, answered_at=datetime(2026, 5, 1, tzinfo=UTC)
    )
    latest = ResponseFactory(contact=contact, score=9)
    unknown = [
        ResponseFactory(contact=None, account=account, score=8) for _ in range(2)
    ]

    number = lead_client.get(RESULTS).context["found"].nps
    behind = shown(lead_client, latest="on", kind="nps")

    assert (number.n, round(number.value, 2)) == (3, 33.33)
    assert {one.pk for one in behind} == {latest.pk, *(one.pk for one in unknown)}


def test_each_number_leads_to_exactly_its_answers(lead_client, account, csm):
    for score, roles in ((10, ["champion"]), (3, ["user", "champion"]), (8, [])):
        ResponseFactory(contact__account=account, contact__roles=roles, score=score)
    ResponseFactory(score=9)
    ContractFactory(account=account, plan="Pro")

    type(account).objects.filter(pk=account.pk).update(segment="Agencies")

    context = whole(lead_client)

    assert lead_client.get(context["answers_url"]).context["total"] == 4
    counted = {
        (group.label, str(line.label)): (line.nps.n, _total(lead_client, line.href))
        for group in context["groups"]
        for line in group.lines
        if line.href
    }
    assert counted == {
        ("Touch", "High touch"): (3, 3),
        ("Touch", "Mid touch"): (1, 1),
        ("Segment", "No segment"): (1, 1),
        ("Segment", "Agencies"): (3, 3),
        ("Role", "Champion"): (2, 2),
        ("Role", "User"): (1, 1),
        ("Role", "No role"): (2, 2),
        ("Plan", "Pro"): (3, 3),
        ("CSM", str(csm)): (3, 3),
        ("CSM", "Nobody"): (1, 1),
    }


def _total(client, href):
    return client.get(href).context["total"]


def test_the_numbers_of_the_page(lead_client, account):
    poor = AccountFactory(mrr=Decimal(100))
    for contact_account, score in ((account, 10), (account, 9), (poor, 0)):
        ResponseFactory(contact__account=contact_account, score=score)
    InvitationFactory(state="answered", answered_at=NOW)
    InvitationFactory()
    InvitationFactory(state="bounced")
    ResponseFactory(kind="csat", score=4)
    ResponseFactory(kind="csat", score=3)

    context = whole(lead_client)

    found = context["found"]
    assert (round(found.nps.value, 2), found.by_mrr.value) == (33.33, 50)
    assert (context["rate"].part, context["rate"].whole) == (1, 2)
    assert (context["csat"].n, context["csat"].value) == (2, 0.5)


def test_csat_of_tickets_by_what_they_were_about(lead_client, account):
    solved = {"account": account, "status": "solved", "solved_at": NOW}
    for category, score in (("Billing", 5), ("Billing", 2), ("", 4), ("Login", None)):
        TicketFactory(category=category, csat=score, **solved)

    found = whole(lead_client)["categories"]

    assert [(name, one.n, one.value) for name, one, _href in found] == [
        ("Billing", 2, 0.5),
        ("", 1, 1.0),
    ]


def test_decision_makers_who_say_nothing(lead_client, account):
    silent = ContactFactory(account=account, roles=["decision_maker"])
    InvitationFactory(contact=silent)
    ResponseFactory(contact__account=account)
    loud = ContactFactory(roles=["decision_maker"])
    ResponseFactory(contact=loud)
    ContactFactory(roles=["user"])

    page = lead_client.get("/t/acme/surveys/silence/").context["page"]

    assert [(row, row.asked) for row in page] == [(account, True)]


def test_a_reply_closes_the_loop(csm_client, account, csm):
    yesterday = datetime(2026, 5, 5, 10, tzinfo=UTC)
    row = ResponseFactory(contact__account=account, score=3, answered_at=yesterday)
    follow_up(row)
    late = ResponseFactory(contact__account=account, score=3)
    reply(follow_up(late), by=csm, reply="We wrote")
    Task.objects.filter(pk=FollowUp.objects.get(response=late).task_id).delete()

    answer = csm_client.post(
        f"{INBOX}{row.pk}/reply/", {"reply": "We called", "result": "Solved"}
    )

    found = FollowUp.objects.get(response=row)
    assert answer.status_code == 302
    assert (found.reply, found.result, found.closed_by, found.replied_at) == (
        "We called",
        "Solved",
        csm,
        NOW,
    )
    assert Task.objects.get().status == "done"
    loop = whole(csm_client)["loops"][0][0]
    assert (loop.kind, loop.opened, loop.closed, loop.rate) == ("detractor", 2, 2, 0.5)

    csm_client.post(f"{INBOX}{row.pk}/reply/removal/")

    found.refresh_from_db()
    assert (found.closed_at, found.reply) == (None, "We called")
    assert Task.objects.get().status == "open"


def test_loops_are_of_the_survey_chosen_and_lead_to_their_answers(csm_client, account):
    survey = SurveyFactory()
    ours, _without = (
        ResponseFactory(contact__account=account, score=3, survey=survey)
        for _ in range(2)
    )
    for row in (ours, ResponseFactory(contact__account=account, score=3)):
        follow_up(row)

    page = whole(csm_client, {"survey": str(survey.pk)})
    loop, _word, address = page["loops"][0]
    listed = csm_client.get(address).context["rows"]

    assert (loop.opened, [row.answer.pk for row in listed]) == (1, [ours.pk])


def test_loops_in_time_open_those_whose_time_has_come(csm_client, account, csm):
    def answered(score, at=NOW - timedelta(hours=23)):
        return follow_up(
            ResponseFactory(contact__account=account, score=score, answered_at=at)
        )

    called, waiting, late, glad = (
        answered(3),
        answered(3),
        answered(3, NOW - timedelta(days=2)),
        answered(9, NOW - timedelta(days=20)),
    )
    reply(called, by=csm, reply="We called")
    # Who was called, and is a promoter by now, was a loop of a detractor.
    Response.objects.filter(pk=called.response_id).update(score=9)

    loop, _word, address = whole(csm_client)["loops"][0]
    listed = csm_client.get(address)
    in_time = csm_client.get(address.replace("follow=due", "follow=in_time"))

    assert waiting.due_at > NOW
    assert glad is None
    assert (loop.in_time, loop.due) == (1, 2)
    assert {row.answer.pk for row in listed.context["rows"]} == {
        called.response_id,
        late.response_id,
    }
    assert [row.answer.pk for row in in_time.context["rows"]] == [called.response_id]
    assert "Follow-ups of: Detractors" in listed.content.decode()


def test_the_last_month_of_the_trend_ends_with_the_days_chosen(csm_client, account):
    for day in (1, 2, 3):
        at = datetime(2026, 4, day, tzinfo=UTC)
        ResponseFactory(contact__account=account, score=9, answered_at=at)
    days = {"since": "2026-03-01", "until": "2026-04-02"}

    page = csm_client.get(f"{RESULTS}parts/trend/", days)
    (points,) = page.context["trend"]["data"]
    behind = csm_client.get(points["customdata"][-1])

    assert (points["text"][-1], len(behind.context["rows"])) == ("n = 2", 2)


def test_a_reply_without_words_is_refused(csm_client, account):
    row = ResponseFactory(contact__account=account, score=3)
    follow_up(row)

    answer = csm_client.post(f"{INBOX}{row.pk}/reply/", {"reply": " "})

    assert (answer.status_code, list(answer.context["reply_form"].errors)) == (
        422,
        ["reply"],
    )
    assert FollowUp.objects.get().closed_at is None


def test_tags_are_kept_as_people_say_them(csm_client, account):
    row = ResponseFactory(contact__account=account)

    csm_client.post(f"{INBOX}{row.pk}/tags/", {"tags": "Price,  1C  sync , Price,"})

    row.refresh_from_db()
    assert row.tags == ["Price", "1C sync"]


@pytest.mark.parametrize(
    ("is_closed", "offered"), [(False, ["Mine", "Secret", "Theirs"]), (True, ["Mine"])]
)
def test_tags_are_offered_of_the_answers_one_may_see(
    sign_in, tenant, account, csm, stranger, is_closed, offered
):
    type(tenant).objects.filter(pk=tenant.pk).update(is_portfolio_closed=is_closed)
    ResponseFactory(contact__account=account, tags=["Mine"])
    ResponseFactory(tags=["Theirs"])
    Response.objects.create(
        survey=SurveyFactory(),
        is_anonymous=True,
        released_at=NOW,
        kind="nps",
        score=9,
        answered_at=NOW,
        tags=["Secret"],
    )

    page = sign_in(csm).get(INBOX)
    foreign = sign_in(stranger).get(INBOX)

    assert page.context["choices"]["tags"] == offered
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("query", "narrowed_by"),
    [
        ({}, 0),
        ({"q": "x", "plan": "Pro"}, 0),
        ({"tone": "negative", "latest": "on"}, 2),
        ({"since": "2026-01-01", "until": "2026-05-06", "kind": "nps"}, 2),
    ],
)
def test_the_button_of_a_phone_says_how_many_filters_narrow(
    lead_client, account, query, narrowed_by
):
    page = lead_client.get(INBOX, query)
    swapped = lead_client.get(INBOX, query, headers={"HX-Request": "true"})

    word = f"Filters ({narrowed_by})" if narrowed_by else "Filters"
    assert page.context["narrowed_by"] == narrowed_by
    assert f'<span id="filter-count">{word}</span>' in page.content.decode()
    assert (
        f'<span id="filter-count" hx-swap-oob="true">{word}</span>'
        in swapped.content.decode()
    )


def test_the_page_says_of_how_many_answers_the_words_are_read(
    lead_client, account, monkeypatch
):
    monkeypatch.setattr("nps.queries.results.MOST_WORDS", 2)
    monkeypatch.setattr("nps.queries.answers.MOST_WORDS", 2)
    words = ["Slow", "Reports", "The price"]
    for day, comment in enumerate(words, 1):
        at = datetime(2026, 5, day, tzinfo=UTC)
        ResponseFactory(contact__account=account, comment=comment, answered_at=at)

    address = f"{RESULTS}parts/words/"
    page = lead_client.get(address)
    fewer = lead_client.get(address, {"until": "2026-05-02"})

    assert (page.context["read"], page.context["spoken"]) == (2, 3)
    assert {theme.key for theme, _href in page.context["topics"]} == {
        "price",
        "reports",
    }
    assert "of the latest 2 of 3 answers with words" in page.content.decode()
    assert "answers with words" not in fewer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("csm", 302), ("lead", 302), ("viewer", 404), ("stranger", 404)],
)
def test_who_may_answer_a_customer(request, sign_in, account, who, status):
    row = ResponseFactory(contact__account=account, score=3)
    follow_up(row)
    client = sign_in(request.getfixturevalue(who))

    answer = client.post(f"{INBOX}{row.pk}/reply/", {"reply": "We called"})

    assert answer.status_code == status
    assert (FollowUp.objects.get().closed_at is None) is (status == 404)


def test_a_closed_portfolio_shows_the_own_answers_alone(sign_in, tenant, account, csm):
    type(tenant).objects.filter(pk=tenant.pk).update(is_portfolio_closed=True)
    mine, theirs = ResponseFactory(contact__account=account), ResponseFactory()
    survey = SurveyFactory(is_anonymous=True)
    Response.objects.create(
        survey=survey,
        is_anonymous=True,
        released_at=NOW,
        kind="nps",
        score=9,
        answered_at=NOW,
    )
    client = sign_in(csm)

    assert shown(client) == [mine]
    assert client.get(RESULTS).context["found"].nps.n == 1
    assert client.get(f"{INBOX}{theirs.pk}/").status_code == 404


def test_anonymous_answers_wait_for_five(lead_client, in_tenant, lead, tenant):
    waiting = Response.objects.create(
        survey=SurveyFactory(), is_anonymous=True, kind="nps", score=9, answered_at=NOW
    )
    membership = Membership.objects.get(user=lead, tenant=tenant)
    everything = Choice(since=NOW.date(), until=NOW.date(), kind="")

    assert shown(lead_client) == []
    assert lead_client.get(RESULTS).context["found"].nps.n == 0
    assert lead_client.get(f"{INBOX}{waiting.pk}/").status_code == 404
    assert (
        b"\r\n"
        not in lead_client.get(f"{INBOX}export/csv/").content.split(b"\r\n", 1)[1]
    )
    Response.objects.update(released_at=NOW)
    assert list(answers(membership, everything, on=NOW.date())) == [waiting]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_answers_and_numbers_can_be_taken_away(lead_client, account, kind):
    ResponseFactory(contact__account=account, comment="=1+1")

    for address in (f"{INBOX}export/{kind}/", f"{RESULTS}export/{kind}/"):
        answer = lead_client.get(address)

        assert answer.status_code == 200
        assert answer["Content-Disposition"].endswith(f".{kind}")


def test_the_file_says_what_the_page_says(lead_client, account):
    ResponseFactory(contact__account=account, score=3, comment="=1+1")

    lines = (
        lead_client.get(f"{INBOX}export/csv/").content.decode("utf-8-sig").splitlines()
    )
    numbers = lead_client.get(f"{RESULTS}export/csv/").content.decode().splitlines()

    assert (len(lines), "'=1+1" in lines[1], "Birch" in lines[1]) == (2, True, True)
    assert numbers[1].split(",")[:8] == ["All", "Latest answer of each person", "-100.0", "", "", "1", "0", "0"]  # fmt: skip


def test_an_answer_on_the_card_of_its_account(csm_client, account, stranger, sign_in):
    row = ResponseFactory(contact__account=account)
    ResponseFactory()
    address = f"/t/acme/accounts/{account.pk}/answers/"

    assert list(csm_client.get(address).context["rows"]) == [row]
    assert sign_in(stranger).get(address).status_code == 404


def test_another_workspaces_answer_is_not_there(lead_client, other_tenant):
    with tenant_scope(other_tenant.pk):
        theirs = ResponseFactory()

    assert lead_client.get(f"{INBOX}{theirs.pk}/").status_code == 404
    assert shown(lead_client) == []


def test_a_theme_leads_to_exactly_its_answers(lead_client, account):
    for words in (
        "Отчёты и цена",
        "Reports, reports",
        "The price of reports",
        "Календаря нет",
        "Календарь",
    ):
        ResponseFactory(contact__account=account, comment=words)

    context = whole(lead_client)

    counted = {
        theme.key: (theme.n, _total(lead_client, href))
        for theme, href in [*context["topics"], *context["words"]]
    }
    assert counted == {
        "reports": (3, 3),
        "price": (2, 2),
        "word:report": (2, 2),
        "word:календар": (2, 2),
    }


def test_a_month_counts_each_person_once_on_the_day_of_the_workspace(
    lead, in_tenant, account
):
    type(in_tenant).objects.filter(pk=in_tenant.pk).update(timezone="Asia/Almaty")
    contact = ContactFactory(account=account)
    for at, score in (
        (datetime(2026, 3, 31, 18, 59, tzinfo=UTC), 2),
        # In Almaty it is April already.
        (datetime(2026, 3, 31, 19, 0, tzinfo=UTC), 0),
        (datetime(2026, 4, 9, tzinfo=UTC), 10),
    ):
        ResponseFactory(contact=contact, score=score, answered_at=at)
    ResponseFactory(contact=None, account=account, score=0)
    ResponseFactory(contact=None, account=account, score=0)
    membership = Membership.objects.select_related("tenant").get(user=lead)
    choice = Choice(since=NOW.date(), until=NOW.date())

    found = by_month(membership, choice, on=NOW.date())

    assert len(found) == 12
    assert [(month, one.n, one.value) for month, one in found[-3:]] == [
        (date(2026, 3, 1), 1, -100),
        (date(2026, 4, 1), 1, 100),
        (date(2026, 5, 1), 2, -100),
    ]


def test_who_has_two_plans_counts_in_both(lead, in_tenant, account):
    ResponseFactory(contact__account=account, score=10)
    for plan in ("Pro", "Pro", "Add-on"):
        ContractFactory(account=account, plan=plan)
    ContractFactory(account=account, plan="Old", ends_on=NOW.date())
    ResponseFactory(score=3)
    membership = Membership.objects.select_related("tenant").get(user=lead)
    choice = Choice(since=date(2026, 5, 1), until=NOW.date())

    found = voices(membership, choice, on=NOW.date()).grouped("plan")

    assert {plan: (one.n, one.value) for plan, one in found.items()} == {
        "Pro": (1, 100),
        "Add-on": (1, 100),
        "none": (1, -100),
    }
