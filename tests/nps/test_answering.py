"""What follows from an answer: its words are read, and somebody comes back to it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, connections

from accounts.models import Ticket, Touch
from nps.models import FollowUp, Response, SurveyQuestion
from nps.queries.asking import page_for
from nps.services import answer_invitation, answer_unknown, keep_survey, say_why
from nps.tokens import Named
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory, TicketFactory
from tests.factories.nps import InvitationFactory, SurveyFactory
from tests.factories.tenants import TenantFactory
from worklist.models import Task

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def answer(invitation, score, words=None, **more):
    """As the page does: the score by the token, then the words to it."""
    named = Named(invitation.tenant_id, invitation.pk, invitation.serial)
    row = answer_invitation(named, score=score, **more)
    if words is not None:
        say_why(row, words)
    return row


def kept(survey, is_anonymous, by):
    survey.is_anonymous = is_anonymous
    return keep_survey(survey, wordings=None, questions=None, by=by)


def anonymously(survey, score, turn):
    return answer_unknown(
        survey, turn=str(turn), source="kiosk", language="en", score=score
    )


def test_an_answer_is_kept_with_what_its_words_say(in_tenant):
    invitation = InvitationFactory()

    answer(invitation, 9, "Отличный сервис\x00")

    row = Response.objects.get()
    assert (row.account, row.contact, row.invitation, row.survey) == (
        invitation.account,
        invitation.contact,
        invitation,
        invitation.survey,
    )
    assert (row.score, row.comment, row.language) == (9, "Отличный сервис", "ru")
    assert (row.sentiment_by, row.sentiment > 0) == ("stems-ru+score", True)
    assert set(Touch.objects.values_list("account", "reason")) == {
        (row.account_id, "answer")
    }


def test_the_same_words_under_another_score_sound_different(in_tenant):
    invitation = InvitationFactory()
    answer(invitation, 2, "As always")
    before = Response.objects.get().sentiment

    answer(invitation, 10)

    assert (before, Response.objects.get().sentiment) == (-0.4, 0.4)


def test_an_anonymous_answer_leads_to_nobody(in_tenant, clock):
    invitation = InvitationFactory(survey__is_anonymous=True)
    clock.shift(timedelta(hours=3))

    answer(invitation, 3, "Slow")

    row = Response.objects.get()
    invitation.refresh_from_db()
    midnight = datetime(2026, 5, 4, tzinfo=UTC)
    assert (row.account, row.contact, row.invitation) == (None, None, None)
    assert (row.answered_at, row.created_at, row.changed_at) == (
        midnight,
        midnight,
        None,
    )
    # A key of version 7 would tell the millisecond.
    assert row.pk.version == 4
    assert (invitation.state, invitation.answered_at) == ("answered", None)
    assert invitation.updated_at == AT
    assert (Touch.objects.count(), FollowUp.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("was", "is_nobodys"),
    [
        ([True, False], True),
        ([False, True, False], True),
        ([False, True], True),
        ([False, False], False),
    ],
)
def test_who_was_told_that_their_answer_is_anonymous_stays_so(
    in_tenant, ops, was, is_nobodys
):
    survey = kept(SurveyFactory.build(tenant=in_tenant), was[0], ops)
    invitation = InvitationFactory(survey=survey, version=survey.version)
    for promise in was[1:]:
        kept(survey, promise, ops)
    invitation.survey.refresh_from_db()

    said = page_for(invitation, in_tenant).is_anonymous
    row = answer(invitation, 3, "Slow")

    assert (said, row.is_anonymous, row.contact is None) == (is_nobodys,) * 3


def test_who_is_asked_after_the_change_is_asked_by_name(in_tenant, ops):
    survey = kept(SurveyFactory.build(tenant=in_tenant), True, ops)
    kept(survey, False, ops)
    invitation = InvitationFactory(survey=survey, version=survey.version)

    assert answer(invitation, 3).contact == invitation.contact


def test_an_answer_given_by_name_is_changed_by_name(in_tenant, ops):
    survey = kept(SurveyFactory.build(tenant=in_tenant), False, ops)
    invitation = InvitationFactory(survey=survey, version=survey.version)
    answer(invitation, 3)
    kept(survey, True, ops)
    invitation.refresh_from_db()

    said = page_for(invitation, in_tenant).is_anonymous

    assert (said, answer(invitation, 9).contact) == (False, invitation.contact)


def test_anonymous_answers_are_shown_five_at_a_time(in_tenant, clock):
    survey = SurveyFactory(is_anonymous=True)
    shown = []
    for turn in range(12):
        anonymously(survey, 9, turn)
        shown.append(Response.objects.shown().count())
        clock.shift(timedelta(days=1))

    assert shown == [0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]
    days = set(Response.objects.shown().values_list("answered_at", "released_at"))
    assert days == {
        (datetime(2026, 5, 9, tzinfo=UTC),) * 2,
        (datetime(2026, 5, 14, tzinfo=UTC),) * 2,
    }


def test_who_gives_four_at_a_kiosk_does_not_learn_the_fifth(in_tenant, clock):
    survey = SurveyFactory(is_anonymous=True)
    reasons = ("link", "start", "snippet", "hand", "start")
    invitations = [InvitationFactory(survey=survey, reason=one) for one in reasons]
    answer(invitations[0], 3)
    for turn in range(4):
        anonymously(survey, 9, turn)
    shown = []

    for more in (
        lambda: None,
        lambda: anonymously(survey, 9, "fifth"),
        lambda: [answer(one, 3) for one in invitations[1:]],
    ):
        more()
        clock.shift(timedelta(days=1))
        found = Response.objects.shown().values_list("source", "score")
        shown.append(Counter(found))

    kiosk, invited = {("kiosk", 9): 5}, {("invited", 3): 5}
    assert shown == [{}, kiosk, kiosk | invited]


def test_what_was_answered_before_is_called_alike_too(in_tenant):
    survey = SurveyFactory(is_anonymous=True)
    anonymously(survey, 9, "open")
    answer(InvitationFactory(survey=survey), 3)
    Response.objects.filter(score=3).update(source="link")
    answer(InvitationFactory(reason="link"), 5)
    migration = import_module(
        "nps.migrations.0008_call_invited_anonymous_answers_alike"
    )

    migration._call_alike(None, SimpleNamespace(connection=connection))

    kept = dict(Response.objects.values_list("score", "source"))
    assert kept == {9: "kiosk", 3: "invited", 5: "link"}


@pytest.mark.parametrize(
    ("zone", "at", "from_when"),
    [
        ("UTC", "2026-05-04T09:00Z", "2026-05-05T00:00Z"),
        # In Almaty, five hours ahead, the fifth of May has begun.
        ("Asia/Almaty", "2026-05-04T20:00Z", "2026-05-05T19:00Z"),
        # Words may come for two hours: past midnight nobody sees them come.
        ("UTC", "2026-05-04T21:59Z", "2026-05-05T00:00Z"),
        ("UTC", "2026-05-04T22:00Z", "2026-05-06T00:00Z"),
    ],
)
def test_who_looks_every_minute_sees_no_anonymous_answer_come(
    in_tenant, clock, zone, at, from_when
):
    type(in_tenant).objects.filter(pk=in_tenant.pk).update(timezone=zone)
    survey = SurveyFactory(is_anonymous=True)
    clock.move_to(datetime.fromisoformat(at))
    rows = [anonymously(survey, 9, turn) for turn in range(5)]
    clock.shift(timedelta(hours=1, minutes=59))
    say_why(rows[4], "Good")

    shown = []
    for moment in (timedelta(seconds=-1), timedelta(0)):
        clock.move_to(datetime.fromisoformat(from_when) + moment)
        shown.append(sorted(Response.objects.shown().values_list("comment")))

    assert shown == [[], [("",)] * 4 + [("Good",)]]


def test_words_that_come_late_do_not_take_an_answer_out_of_its_five(in_tenant, clock):
    survey = SurveyFactory(is_anonymous=True)
    rows = [anonymously(survey, 9, turn) for turn in range(5)]
    clock.shift(timedelta(days=1))

    say_why(rows[4], "Good")

    kept = Response.objects.get(pk=rows[4].pk)
    assert (kept.comment, kept.changed_at) == ("Good", None)
    assert kept.answered_at == kept.created_at == datetime(2026, 5, 5, tzinfo=UTC)


def test_an_anonymous_answer_reads_as_the_workspace_asks(in_tenant):
    survey = SurveyFactory(is_anonymous=True, kind="free")
    asked = {
        kind: SurveyQuestion.objects.create(
            survey=survey,
            position=position,
            kind=kind,
            label={"en": f"Say {kind}", "ru": "Скажите"},
            choices=[{"key": "1", "label": {"en": "Price", "ru": "Цена"}}],
        )
        for position, kind in enumerate(["many", "yes_no", "text"])
    }
    given = {"many": (["1"], "Цена"), "yes_no": ("no", "Нет"), "text": ("Да", "Да")}
    answers = [
        {
            "question": str(asked[kind].pk),
            "label": "Скажите",
            "value": value,
            "shown": shown,
        }
        for kind, (value, shown) in given.items()
    ]
    gone = {"question": "gone", "label": "Ещё", "value": ["1"], "shown": "Цена"}

    row = answer_unknown(
        survey, turn="1", source="kiosk", language="ru", answers=[*answers, gone]
    )

    row.refresh_from_db()
    assert row.language == ""
    assert [(one["label"], one["shown"]) for one in row.answers] == [
        ("Say many", "Price"),
        ("Say yes_no", "No"),
        ("Say text", "Да"),
        ("", "1"),
    ]


def test_answers_of_two_surveys_are_not_counted_together(in_tenant):
    for number, survey in enumerate(SurveyFactory.create_batch(2, is_anonymous=True)):
        for turn in range(3):
            anonymously(survey, 9, f"{number}-{turn}")

    assert (Response.objects.count(), Response.objects.shown().count()) == (6, 0)


@pytest.mark.parametrize(
    ("score", "kind", "due_on", "title"),
    [
        (6, "detractor", date(2026, 5, 5), "Call a detractor of Acme"),
        (7, "passive", date(2026, 5, 11), "Ask Acme what is missing"),
        (9, "promoter", date(2026, 5, 18), "Ask Acme for a reference"),
    ],
)
def test_somebody_is_to_come_back_by_the_kind_of_answer(
    in_tenant, csm, score, kind, due_on, title
):
    account = AccountFactory(name="Acme", owner=csm)
    contact = ContactFactory(account=account, name="Ada")

    row = answer(InvitationFactory(contact=contact), score, "Hm")

    task = Task.objects.get()
    assert (task.kind, task.title) == (f"{kind}_follow_up", title)
    assert (task.owner, task.due_on, task.account) == (csm, due_on, account)
    assert task.because == f"Ada gave {score} of 10. «Hm»"
    assert task.path == f"/surveys/answers/{row.pk}/"
    found = FollowUp.objects.get()
    assert (found.kind, found.task, found.response) == (kind, task, row)


def test_an_answer_changed_into_another_kind_changes_what_is_to_be_done(in_tenant):
    invitation = InvitationFactory()
    answer(invitation, 2)
    answer(invitation, 3)

    answer(invitation, 10)

    assert list(Task.objects.order_by("kind").values_list("kind", "status")) == [
        ("detractor_follow_up", "dismissed"),
        ("promoter_follow_up", "open"),
    ]
    assert FollowUp.objects.get().kind == "promoter"


def test_satisfaction_with_a_ticket_is_a_fact_of_the_ticket(in_tenant):
    contact = ContactFactory()
    ticket, other = (TicketFactory(account=contact.account) for _ in range(2))
    invitation = InvitationFactory(
        contact=contact, survey__kind="csat", occasion=f"ticket:{ticket.pk}"
    )

    answer(invitation, 2)
    answer(invitation, 4)

    scores = dict(Ticket.objects.values_list("pk", "csat"))
    assert scores == {ticket.pk: 4, other.pk: None}
    assert FollowUp.objects.count() == 0


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
def test_five_anonymous_at_once_are_shown_together():
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(is_anonymous=True)

    def press(turn):
        try:
            with tenant_scope(tenant.pk):
                anonymously(survey, 9, turn)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(press, range(5)))

    with tenant_scope(tenant.pk):
        days = Response.objects.values_list("released_at", flat=True)
        assert list(days) == [datetime(2026, 5, 5, tzinfo=UTC)] * 5
