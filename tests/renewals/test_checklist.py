"""The checklist of a deal: what fills it, what a move asks, who may go on without."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.models import Band
from renewals import services
from renewals.models import (
    ChecklistItem,
    ItemRule,
    Offer,
    PipelineRule,
    Renewal,
    RiskPlan,
    StageChange,
)
from renewals.queries.checklist import checklists, rules
from tenants.models import AuditEntry
from tests.factories.accounts import ContactFactory, InvoiceFactory, NoteFactory
from tests.factories.renewals import renewal_of
from worklist.models import Task
from worklist.services import close_task

END = date(2026, 12, 31)
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("now", "in_tenant")


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def deal(stage="preparation", **fields):
    made = renewal_of(ends_on=END, **fields)
    services.fire_reminders(on=TODAY)
    if stage != "preparation":
        services.move_renewal(made, stage=stage, by=None, reason="x", is_lead=True)
    return Renewal.objects.select_related("account").get(pk=made.pk)


def done(renewal):
    """The keys of the items that are done, and whether a person said so."""
    lists = checklists([renewal], zone="UTC")
    states = lists[renewal.pk].states
    return {s.item.key: s.evidence.is_said for s in states if s.is_done}


def note(renewal, kind, *, at=NOW, **fields):
    return NoteFactory(account=renewal.account, kind=kind, happened_at=at, **fields)


def test_a_fresh_deal_has_nothing_done():
    assert done(deal()) == {}


def test_the_done_task_of_the_ladder_is_the_health_check(csm):
    renewal = renewal_of(ends_on=END, owner=csm)
    services.fire_reminders(on=END - timedelta(days=120))
    task = Task.objects.get(kind="renewal.check")

    before = done(renewal)
    close_task(task, by=csm)

    assert (before, done(renewal)) == ({}, {"health_check": False})


def test_a_dismissed_task_proves_nothing(csm):
    renewal = renewal_of(ends_on=END, owner=csm)
    services.fire_reminders(on=END - timedelta(days=120))
    close_task(Task.objects.get(kind="renewal.check"), by=csm, dismissed=True)

    assert done(renewal) == {}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 9, 1), {}), (date(2026, 9, 2), {"qbr": False})],
)
def test_a_review_counts_from_120_days_before_the_decision(day, expected):
    renewal = deal()

    note(renewal, "review", at=datetime.combine(day, NOW.time(), UTC))

    assert done(renewal) == expected


def test_a_meeting_is_no_review():
    renewal = deal()

    note(renewal, "meeting")

    assert done(renewal) == {}


def test_a_review_of_another_account_proves_nothing():
    renewal, other = deal(), renewal_of(ends_on=END)

    note(other, "review")

    assert (done(renewal), done(other)) == ({}, {"qbr": False})


@pytest.mark.parametrize(
    ("kind", "roles", "expected"),
    [
        ("call", ["decision_maker"], {"decision_maker": False}),
        ("call", ["champion"], {}),
        ("email", ["decision_maker"], {}),
        ("note", ["decision_maker"], {}),
    ],
)
def test_a_call_with_who_decides_is_the_two_way_contact(kind, roles, expected):
    renewal = deal()
    contact = ContactFactory(account=renewal.account, roles=roles)

    note(renewal, kind, contact=contact)

    assert done(renewal) == expected


@pytest.mark.parametrize(("sent_at", "expected"), [(None, {}), (NOW, {"offer": False})])
def test_an_offer_counts_once_it_is_sent(sent_at, expected):
    renewal = deal()

    Offer.objects.create(
        renewal=renewal,
        version=1,
        state="sent" if sent_at else "draft",
        sent_at=sent_at,
        document={"title": "Offer"} if sent_at else None,
        language="en",
        currency="USD",
        starts_on=END,
        valid_until=END,
    )

    assert done(renewal) == expected


@pytest.mark.parametrize(
    ("issued", "paid", "expected"),
    [
        ("2026-11-22", "2026-11-22", {"payment": False}),
        ("2026-11-21", "2026-11-22", {}),
        ("2026-11-22", None, {}),
    ],
)
def test_a_paid_invoice_of_the_approval_is_the_payment(issued, paid, expected):
    renewal = deal("approval")

    InvoiceFactory(
        account=renewal.account, issued_on=issued, due_on="2026-12-30", paid_on=paid
    )

    assert done(renewal) == expected


@pytest.mark.parametrize("number", [1, 3])
def test_checklists_of_many_cost_as_much_as_of_one(number, django_assert_num_queries):
    for _ in range(number):
        note(deal(), "review")
    renewals = list(Renewal.objects.select_related("account"))

    with django_assert_num_queries(10):
        lists = checklists(renewals, zone="UTC")

    assert [one.done for one in lists.values()] == [1] * number


def test_a_person_ticks_with_words_and_takes_it_back(csm):
    renewal = deal()

    services.tick_item(renewal, key="qbr", evidence="Held on Zoom", by=csm)
    services.tick_item(renewal, key="qbr", evidence="Twice", by=None)
    ticked = done(renewal)
    tick = ChecklistItem.objects.get()
    is_gone = services.untick_item(renewal, key="qbr", by=csm)

    assert (ticked, tick.evidence, tick.done_by) == ({"qbr": True}, "Held on Zoom", csm)
    assert (is_gone, done(renewal)) == (True, {})
    trail = AuditEntry.objects.filter(action__startswith="renewal.")
    assert sorted((entry.action, entry.by) for entry in trail) == [
        ("renewal.ticked", csm),
        ("renewal.unticked", csm),
    ]


def test_an_item_nobody_knows_cannot_be_ticked():
    with pytest.raises(services.NoSuchItem):
        services.tick_item(deal(), key="dance", evidence="x", by=None)


def test_a_move_with_gaps_is_refused_and_says_which(csm):
    renewal = deal()

    with pytest.raises(services.GapsRemain) as refused:
        services.move_renewal(renewal, stage="negotiation", by=csm)

    missing = [state.item.key for state in refused.value.missing]
    assert missing == ["health_check", "qbr", "decision_maker"]
    assert refused.value.may_skip is True
    renewal.refresh_from_db()
    assert renewal.stage == "preparation"


def test_a_complete_checklist_lets_the_deal_go_on(csm):
    renewal = deal()
    services.tick_item(renewal, key="health_check", evidence="x", by=csm)
    note(renewal, "review")

    services.move_renewal(renewal, stage="initiation", by=csm)

    renewal.refresh_from_db()
    change = StageChange.objects.get(stage="initiation")
    assert (renewal.stage, change.missing, change.reason) == ("initiation", [], "")
    assert AuditEntry.objects.filter(action="renewal.skipped").count() == 0


def test_a_reason_lets_it_go_on_and_stands_in_history_and_audit(csm):
    renewal = deal()

    services.move_renewal(renewal, stage="initiation", by=csm, reason=" They hurry ")

    change = StageChange.objects.get(stage="initiation")
    audit = AuditEntry.objects.get(action="renewal.skipped")
    assert (change.missing, change.reason) == (["health_check", "qbr"], "They hurry")
    assert (audit.by, audit.before, audit.after) == (
        csm,
        {"stage": "preparation"},
        {
            "stage": "initiation",
            "missing": ["health_check", "qbr"],
            "reason": "They hurry",
        },
    )


def test_a_strict_workspace_lets_only_leads_skip(csm):
    renewal = deal()
    PipelineRule.objects.create(may_skip=False)
    move = {"stage": "initiation", "by": csm, "reason": "They hurry"}

    with pytest.raises(services.GapsRemain) as refused:
        services.move_renewal(renewal, **move)
    moved = services.move_renewal(renewal, **move, is_lead=True)

    assert (refused.value.may_skip, moved.stage) == (False, "initiation")


def test_back_is_free():
    renewal = deal("approval")

    services.move_renewal(renewal, stage="preparation", by=None)

    renewal.refresh_from_db()
    assert renewal.stage == "preparation"


def test_a_red_account_wants_a_plan_for_its_risk(csm):
    renewal = deal(owner=csm)
    renewal.account.band = Band.RED
    renewal.account.save()
    for key in ("health_check", "qbr"):
        services.tick_item(renewal, key=key, evidence="x", by=csm)

    with pytest.raises(services.GapsRemain) as refused:
        services.move_renewal(renewal, stage="initiation", by=csm, reason="x")
    services.plan_risk(
        renewal, problem="Slow", plan="Meet", owner=csm, due_on=TODAY, by=csm
    )
    services.move_renewal(renewal, stage="initiation", by=csm)

    assert [state.item.key for state in refused.value.missing] == ["risk_plan"]
    assert refused.value.may_skip is False
    renewal.refresh_from_db()
    assert renewal.stage == "initiation"


def test_a_risk_plan_is_a_task_that_ends_with_it(csm):
    renewal = deal(owner=csm)

    plan = services.plan_risk(
        renewal, problem="Slow", plan="Meet", owner=csm, due_on=TODAY, by=csm
    )
    task = Task.objects.get(kind="renewal.risk")
    services.close_risk(plan, state="solved", by=csm)
    services.close_risk(plan, state="dropped", by=None)

    assert (task.owner, task.due_on, task.because) == (csm, TODAY, "Meet")
    task.refresh_from_db()
    plan.refresh_from_db()
    assert (task.status, plan.state, plan.closed_by) == ("done", "solved", csm)


def test_a_dropped_plan_does_not_count():
    renewal = deal()
    renewal.account.band = Band.RED
    plan = services.plan_risk(
        renewal, problem="Slow", plan="Meet", owner=None, due_on=TODAY, by=None
    )

    before = done(renewal)
    services.close_risk(plan, state="dropped", by=None)

    assert (before, done(renewal)) == ({"risk_plan": False}, {})
    assert RiskPlan.objects.get().state == "dropped"


def test_a_decided_deal_dismisses_the_tasks_of_its_plans(csm):
    renewal = deal(owner=csm)
    services.plan_risk(
        renewal, problem="Slow", plan="Meet", owner=csm, due_on=TODAY, by=csm
    )

    services.close_renewal(renewal, result="renewed", amount=1, by=csm, on=TODAY)

    assert Task.objects.get(kind="renewal.risk").status == "dismissed"


def test_a_workspace_weighs_items_and_adds_its_own():
    ItemRule.objects.create(stage="preparation", key="qbr", need="off")
    ItemRule.objects.create(stage="preparation", key="health_check", need="advisory")
    ItemRule.objects.create(stage="preparation", key="own-1", title="Ask legal")
    renewal = deal()

    (state,) = checklists([renewal], zone="UTC")[renewal.pk].gaps

    assert (state.item.title, state.item.is_own) == ("Ask legal", True)
    assert [item.key for item in rules().of("preparation", is_red=False)] == [
        "health_check",
        "own-1",
    ]


def walk():
    moved = services.walk_standard_path(zone="UTC")
    kinds = Task.objects.filter(kind="renewal.touch").values_list("status", flat=True)
    return moved, list(kinds)


def test_green_deals_begin_by_themselves_where_chosen(csm):
    renewal = deal(owner=csm)
    renewal.account.band = Band.GREEN
    renewal.account.save()

    unchosen = walk()
    PipelineRule.objects.create(is_standard_path=True)
    gaps = walk()
    for key in ("health_check", "qbr"):
        services.tick_item(renewal, key=key, evidence="x", by=csm)
    complete, again = walk(), walk()

    assert (unchosen, gaps) == ((0, []), (0, ["open"]))
    assert (complete, again) == ((1, ["open"]), (0, ["open"]))
    renewal.refresh_from_db()
    assert renewal.stage == "initiation"


@pytest.mark.parametrize("band", [Band.AMBER, Band.RED, Band.UNKNOWN])
def test_others_do_not_begin_by_themselves(band):
    renewal = deal()
    renewal.account.band = band
    renewal.account.save()
    PipelineRule.objects.create(is_standard_path=True)
    ItemRule.objects.create(stage="preparation", key="qbr", need="off")
    ItemRule.objects.create(stage="preparation", key="health_check", need="off")

    assert walk() == (0, [])


def test_a_plan_seen_by_another_is_not_overwritten(csm):
    renewal = deal(owner=csm)
    seen = renewal.plan_mark
    plan = {"next_step_on": None, "owner": csm, "by": csm, "seen": seen}
    services.change_plan(renewal, next_step="First", **plan)

    with pytest.raises(services.StalePlan):
        services.change_plan(renewal, next_step="Second", **plan)

    renewal.refresh_from_db()
    assert renewal.next_step == "First"
