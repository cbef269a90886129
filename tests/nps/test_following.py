"""Nobody who is unhappy is left alone: late ones reach the lead, once."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection

from accounts.models import Account
from cs_platform.lib.clock import now
from nps import tasks
from nps.models import FollowUp, Response, SurveySettings
from nps.services import (
    chasing,
    escalate_late,
    follow_up,
    follow_up_rest,
    record_responses,
    reply,
)
from tenants.models import AuditEntry
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
    SurveySettings.objects.create(detractor_hours=4, lead_after_hours=2)
    found = follow_up(ResponseFactory(score=2))
    told = []
    for span in (timedelta(hours=6, seconds=-1), timedelta(seconds=1)):
        clock.shift(span)
        told.append(escalate_late())

    assert found.due_at == AT + timedelta(hours=4)
    assert told == [0, 1]


@pytest.mark.parametrize(("hours", "late_by"), [(24, 0), (4, 0), (30, 6)])
def test_hours_counted_from_the_answer_are_counted_from_when_it_was_due(
    in_tenant, hours, late_by
):
    SurveySettings.objects.create(lead_after_hours=hours)
    migration = import_module("nps.migrations.0009_tell_the_lead_by_when_it_was_due")

    migration._count_from_due(None, SimpleNamespace(connection=connection))

    assert SurveySettings.objects.get().lead_after_hours == late_by


def changed(row, score):
    row.score, row.changed_at = score, now()
    row.save()
    return follow_up(row)


def test_who_is_a_detractor_again_is_to_be_called_again(in_tenant, clock, csm):
    row = ResponseFactory(score=3, contact__account__owner=csm, contact__name="Ada")
    follow_up(row)
    changed(row, 9)
    clock.shift(2 * DAY)

    found = changed(row, 4)

    task = Task.objects.get(kind="detractor_follow_up")
    assert (found.task, task.status, task.closed_at) == (task, "open", None)
    assert (task.because, task.due_on) == ("Ada gave 4 of 10.", date(2026, 5, 7))
    clock.shift(DAY)
    assert (escalate_late(), Alert.objects.count()) == (1, 1)


def test_the_lead_is_told_again_of_who_is_a_detractor_again(in_tenant, clock):
    row = ResponseFactory(score=3)
    follow_up(row)
    clock.shift(DAY)
    told = [escalate_late()]
    changed(row, 9)
    changed(row, 4)
    clock.shift(DAY)

    told.append(escalate_late())

    ended = Alert.objects.order_by("opened_at").values_list("resolved_at", flat=True)
    assert (told, list(ended)) == ([1, 1], [AT + DAY, None])


def test_a_closed_loop_is_open_again_for_who_has_become_a_detractor(
    in_tenant, clock, csm
):
    row = ResponseFactory(score=9)
    reply(follow_up(row), by=csm, reply="Thank you")
    clock.shift(DAY)

    found = changed(row, 2)

    found.refresh_from_db()
    assert (found.kind, found.closed_at, found.closed_by, found.replied_at) == (
        "detractor",
        None,
        None,
        None,
    )
    assert (found.reply, found.due_at) == ("Thank you", AT + 2 * DAY)
    assert list(Task.objects.order_by("kind").values_list("kind", "status")) == [
        ("detractor_follow_up", "open"),
        ("promoter_follow_up", "done"),
    ]
    entries = AuditEntry.objects.filter(action="follow_up.reopened")
    assert list(entries.values_list("subject_id", "by")) == [(str(found.pk), None)]


def test_a_closed_loop_stays_closed_for_who_is_glad_now(in_tenant, csm):
    row = ResponseFactory(score=2)
    reply(follow_up(row), by=csm, reply="We called")

    found = changed(row, 9)

    assert (found.kind, found.closed_at) == ("detractor", AT)
    assert Task.objects.open().count() == 0


@pytest.mark.parametrize("days", [3, 8])
def test_a_change_is_due_from_when_it_was_made(in_tenant, clock, days):
    row = ResponseFactory(score=9, contact__account__name="Acme")
    follow_up(row)
    clock.shift(days * DAY)

    found = changed(row, 3)

    task = Task.objects.open().get()
    assert found.due_at == AT + (days + 1) * DAY
    assert (task.title, task.due_on) == (
        "Call a detractor of Acme",
        found.due_at.date(),
    )
    assert escalate_late() == 0


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
def test_one_bad_answer_stops_no_other(monkeypatch, caplog):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        late = follow_up(ResponseFactory(score=2, answered_at=AT - 2 * DAY))
        bad, *good = (ResponseFactory(score=score) for score in (10, 9, 8))

    def fails(row):
        if row.pk == bad.pk:
            # Of what the database refuses nothing stands, of the others everything.
            Response.objects.create(kind="nps", score=11, answered_at=AT)
        return follow_up(row)

    monkeypatch.setattr(chasing, "follow_up", fails)
    monkeypatch.setattr(chasing, "BATCH", 1)

    tasks.follow_up(tenant_id=tenant.pk)

    with tenant_scope(tenant.pk):
        followed = set(FollowUp.objects.values_list("response", flat=True))
        assert followed == {late.response_id, *(row.pk for row in good)}
        assert Alert.objects.get().subject == str(late.pk)
    logged = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert logged == [f"nps.Response {bad.pk} could not be followed up"]


@pytest.mark.usefixtures("committed")
def test_what_was_done_stands_though_alerts_cannot_be_opened(monkeypatch, caplog):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        follow_up(ResponseFactory(score=2, answered_at=AT - 2 * DAY))
        row = ResponseFactory(score=10)
    monkeypatch.setattr(chasing, "team", None)

    with pytest.raises(TypeError):
        tasks.follow_up(tenant_id=tenant.pk)

    with tenant_scope(tenant.pk):
        assert FollowUp.objects.filter(response=row).count() == 1


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
