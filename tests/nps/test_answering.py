"""An answer is kept once, changed while it may be, and somebody comes back to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connections

from accounts.models import Ticket, Touch
from nps.models import FollowUp, Invitation, Response
from nps.services import AnswerRefused, change_answer, record_answer
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


def answer(asked, score, **more):
    return record_answer(asked, score=score, source="mail", **more)


def test_an_answer_is_kept_with_what_its_words_say(in_tenant):
    invitation = InvitationFactory()

    row = answer(invitation, 9, comment="Отличный сервис\x00", language="en")

    assert (row.account, row.contact, row.invitation, row.survey) == (
        invitation.account,
        invitation.contact,
        invitation,
        invitation.survey,
    )
    assert (row.score, row.comment, row.language) == (9, "Отличный сервис", "ru")
    assert (row.sentiment_by, row.sentiment > 0) == ("stems-ru", True)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.answered_at) == ("answered", AT)
    assert list(Touch.objects.values_list("account", "reason")) == [
        (row.account_id, "answer")
    ]


def test_the_same_again_changes_nothing_and_another_score_changes_it(in_tenant, clock):
    invitation = InvitationFactory()
    answer(invitation, 9, comment="Good")
    clock.shift(timedelta(days=7))

    same = answer(invitation, 9)
    changed = answer(invitation, 3)

    assert Response.objects.count() == 1
    assert (same.changed_at, changed.changed_at) == (None, AT + timedelta(days=7))
    assert (changed.score, changed.comment) == (3, "Good")


def test_an_answer_cannot_be_changed_after_its_days(in_tenant, clock):
    invitation = InvitationFactory()
    answer(invitation, 9)
    clock.shift(timedelta(days=7, seconds=1))

    with pytest.raises(AnswerRefused, match="too_late"):
        answer(invitation, 3)

    assert Response.objects.get().score == 9


@pytest.mark.parametrize(
    "change",
    [
        {"state": "expired"},
        {"state": "planned", "sent_at": None},
        {"state": "recalled", "sent_at": None},
        {"expires_at": AT},
    ],
)
def test_an_invitation_that_is_over_takes_no_answer(in_tenant, change):
    invitation = InvitationFactory(**change)

    with pytest.raises(AnswerRefused, match="over"):
        answer(invitation, 9)

    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "score"),
    [("nps", 11), ("nps", -1), ("nps", None), ("nps", True), ("csat", 0), ("csat", 6)],
)
def test_a_score_of_another_scale_is_refused(in_tenant, kind, score):
    invitation = InvitationFactory(survey__kind=kind)

    with pytest.raises(AnswerRefused, match="wrong"):
        answer(invitation, score)


def test_a_link_of_a_survey_takes_one_answer_of_a_contact(in_tenant, clock):
    survey, contact = SurveyFactory(), ContactFactory()
    first = answer(survey, 2, contact=contact)
    again = answer(survey, 10, contact=contact)
    clock.shift(timedelta(days=8))

    later = answer(survey, 7, contact=contact)

    assert first.pk == again.pk != later.pk
    assert sorted(Response.objects.values_list("score", flat=True)) == [7, 10]


def test_a_survey_that_is_off_takes_no_answer_by_link(in_tenant):
    survey = SurveyFactory(state="off")

    with pytest.raises(AnswerRefused, match="off"):
        answer(survey, 9)


def test_an_anonymous_answer_leads_to_nobody(in_tenant, clock):
    invitation = InvitationFactory(survey__is_anonymous=True)
    clock.shift(timedelta(hours=3))

    row = answer(invitation, 3, comment="Slow")

    row.refresh_from_db()
    invitation.refresh_from_db()
    midnight = datetime(2026, 5, 4, tzinfo=UTC)
    assert (row.account, row.contact, row.invitation) == (None, None, None)
    assert (row.answered_at, row.created_at, row.pk.version) == (midnight, midnight, 4)
    assert (invitation.state, invitation.answered_at) == ("answered", None)
    assert invitation.updated_at == AT
    assert (Touch.objects.count(), FollowUp.objects.count()) == (0, 0)
    with pytest.raises(AnswerRefused, match="given"):
        answer(invitation, 9)


def test_who_just_answered_anonymously_may_add_words_by_the_id(in_tenant):
    row = answer(SurveyFactory(), 3)

    change_answer(row.pk, score=3, comment="Too slow")

    row.refresh_from_db()
    assert (row.comment, row.changed_at, row.is_anonymous) == ("Too slow", None, True)


def test_anonymous_answers_are_shown_five_at_a_time(in_tenant, clock):
    survey = SurveyFactory(is_anonymous=True)
    shown = []
    for _ in range(11):
        answer(survey, 9)
        shown.append(Response.objects.shown().count())
        clock.shift(timedelta(days=1))

    assert shown == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]
    days = set(Response.objects.shown().values_list("answered_at", "released_at"))
    assert days == {
        (datetime(2026, 5, 8, tzinfo=UTC),) * 2,
        (datetime(2026, 5, 13, tzinfo=UTC),) * 2,
    }


def test_answers_of_two_surveys_are_not_counted_together(in_tenant):
    for survey in SurveyFactory.create_batch(2, is_anonymous=True):
        for _ in range(3):
            answer(survey, 9)

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

    row = answer(InvitationFactory(contact=contact), score, comment="Hm")

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

    assert list(Task.objects.order_by("pk").values_list("kind", "status")) == [
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
def test_a_hundred_at_once_are_one_answer():
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        invitation = InvitationFactory()

    def press(n):
        try:
            with tenant_scope(tenant.pk):
                return answer(Invitation(pk=invitation.pk), n % 11).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        rows = set(pool.map(press, range(100)))

    with tenant_scope(tenant.pk):
        assert rows == set(Response.objects.values_list("pk", flat=True))
        assert (Response.objects.count(), FollowUp.objects.count()) == (1, 1)
        assert Task.objects.open().count() == 1


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
def test_five_anonymous_at_once_are_shown_together():
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(is_anonymous=True)

    def press(_n):
        try:
            with tenant_scope(tenant.pk):
                answer(survey, 9)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(press, range(5)))

    with tenant_scope(tenant.pk):
        assert Response.objects.shown().count() == 5
