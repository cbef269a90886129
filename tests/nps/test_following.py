"""Nobody who is unhappy is left alone: late ones reach the lead, once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import Account
from nps import tasks
from nps.models import FollowUp, Response, SurveySettings
from nps.services import (
    escalate_late,
    follow_up,
    follow_up_rest,
    record_responses,
    reply,
)
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.nps import ResponseFactory
from tests.factories.tenants import TenantFactory
from worklist.models import Alert, Task
from worklist.services import close_task

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def test_the_lead_is_told_of_a_detractor_left_alone(in_tenant, clock, csm, lead):
    account = AccountFactory(name="Birch", owner=csm)
    row = ResponseFactory(contact__account=account, score=2)
    found = follow_up(row)
    clock.shift(DAY - timedelta(seconds=1))
    before = escalate_late()
    clock.shift(timedelta(seconds=1))

    told = [before, escalate_late(), escalate_late()]

    alert = Alert.objects.get()
    assert told == [0, 1, 0]
    assert (alert.owner, alert.priority, alert.account) == (lead, 1, account)
    assert alert.title == "Nobody has come back to a detractor of Birch"
    assert alert.path == f"/surveys/answers/{row.pk}/"
    reply(found, by=csm, reply="We called")
    alert.refresh_from_db()
    assert alert.resolved_at == AT + DAY


@pytest.mark.parametrize("score", [7, 9])
def test_who_is_no_detractor_is_no_alert(in_tenant, clock, score):
    follow_up(ResponseFactory(score=score))
    clock.shift(60 * DAY)

    assert (escalate_late(), Alert.objects.count()) == (0, 0)


def test_who_was_called_in_time_is_no_alert(in_tenant, clock, csm):
    reply(follow_up(ResponseFactory(score=2)), by=csm, reply="We called")
    clock.shift(DAY)

    assert (escalate_late(), Alert.objects.count()) == (0, 0)


def test_who_ticked_the_task_off_is_not_told_on(in_tenant, clock, csm):
    close_task(follow_up(ResponseFactory(score=2)).task, by=csm)
    clock.shift(DAY)

    assert (escalate_late(), FollowUp.objects.open().count()) == (0, 1)


def test_a_customer_who_is_no_more_is_no_alert(in_tenant, clock):
    found = follow_up(ResponseFactory(score=2))
    Account.objects.filter(pk=found.response.account_id).update(archived_at=AT)
    clock.shift(DAY)

    assert escalate_late() == 0


def test_the_times_are_settings(in_tenant, clock):
    SurveySettings.objects.create(detractor_hours=4, lead_after_hours=6)
    found = follow_up(ResponseFactory(score=2))
    clock.shift(timedelta(hours=6))

    assert found.due_at == AT + timedelta(hours=4)
    assert escalate_late() == 1


def test_an_account_of_nobody_goes_to_a_lead(in_tenant, lead):
    follow_up(ResponseFactory(score=2))

    assert Task.objects.get().owner == lead


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "csat", "score": 1},
        {"answered_at": AT - 7 * DAY - timedelta(seconds=1)},
        {"is_anonymous": True, "account": None, "contact": None},
    ],
)
def test_what_nobody_has_to_come_back_to(in_tenant, change):
    row = ResponseFactory(**{"score": 2} | change)

    assert follow_up(row) is None
    assert (follow_up_rest(), FollowUp.objects.count()) == (0, 0)


def test_answers_brought_in_by_the_thousand_are_followed_up_by_a_worker(in_tenant):
    account = AccountFactory()
    items = [
        {"account": account.external_id, "kind": "nps", "score": score}
        for score in (2, 8, 10)
    ]
    record_responses(items)
    before = FollowUp.objects.count()

    handled = [follow_up_rest(limit=2), follow_up_rest(limit=2), follow_up_rest()]

    assert (before, handled) == (0, [2, 1, 0])
    assert sorted(FollowUp.objects.values_list("kind", flat=True)) == [
        "detractor",
        "passive",
        "promoter",
    ]


def test_a_reply_put_right_keeps_when_it_was_first_given(in_tenant, clock, csm, lead):
    found = follow_up(ResponseFactory(score=2))
    reply(found, by=csm, reply="We cal")
    clock.shift(DAY)

    reply(found, by=lead, reply="We called", result="Solved")

    found.refresh_from_db()
    assert (found.reply, found.result) == ("We called", "Solved")
    assert (found.replied_at, found.closed_by) == (AT, csm)


def test_words_that_come_after_the_score_stand_in_the_task(in_tenant):
    row = ResponseFactory(score=2, contact__name="Ada")
    follow_up(row)
    row.comment = "Too slow"
    row.save()

    follow_up(row)

    assert Task.objects.get().because == "Ada gave 2 of 10. «Too slow»"


@pytest.mark.usefixtures("committed")
def test_the_sweep_wakes_the_tenants_with_work_alone(monkeypatch):
    woken = []
    monkeypatch.setattr(tasks.follow_up, "apply_async", lambda **o: woken.append(o))
    new, late, done, idle = TenantFactory.create_batch(4)
    with tenant_scope(new.pk):
        ResponseFactory(score=10)
    with tenant_scope(late.pk):
        follow_up(ResponseFactory(score=2))
    with tenant_scope(done.pk):
        follow_up(ResponseFactory(score=10))
    with tenant_scope(idle.pk):
        ResponseFactory(answered_at=AT - 30 * DAY)

    tasks.sweep_follow_ups()
    for call in woken:
        tasks.follow_up(**call["kwargs"])

    assert [call["kwargs"] for call in woken] == [
        {"tenant_id": new.pk},
        {"tenant_id": late.pk},
    ]
    with tenant_scope(new.pk):
        assert FollowUp.objects.get().response == Response.objects.get()
