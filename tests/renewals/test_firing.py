"""What each step does, and that the data stops, moves and repeats it rightly."""

from datetime import date, timedelta

import pytest

from accounts.models import Account, Contract
from cs_platform.lib.wording import day
from messaging.models import Message
from renewals import services, wording
from renewals.models import Outcome, Reminder, Renewal, Stage, StageChange
from tenants.models import AuditEntry, Membership
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.renewals import renewal_of
from worklist.models import Alert, Task

END = date(2026, 12, 31)


def before(days):
    return END - timedelta(days=days)


def fire(*days_left):
    for days in days_left:
        services.fire_reminders(on=before(days))


def handled():
    return list(
        Reminder.objects.order_by("ends_on", "-step").values_list("step", "state")
    )


def tasks():
    rows = Task.objects.order_by("pk").values_list("kind", "owner", "status")
    return list(rows)


def alerts():
    return list(Alert.objects.order_by("pk").values_list("kind", "owner"))


def told():
    """Who is told of what in the app."""
    rows = Message.objects.filter(channel="in_app").order_by("kind", "recipient")
    return list(rows.values_list("kind", "recipient"))


def test_120_days_before_the_owner_is_to_check_the_health(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm, name="Nova")

    fire(120)

    task = Task.objects.get()
    assert (task.kind, task.title) == (
        "renewal.check",
        "Check the health of Nova before its renewal",
    )
    assert (task.owner, task.account, task.due_on, task.path) == (
        csm,
        renewal.account,
        before(113),
        f"/renewals/{renewal.pk}/",
    )
    assert "120 days are left" in task.because


def test_90_days_before_the_deal_stands_in_preparation(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm)

    fire(91)
    assert Renewal.objects.in_pipeline().count() == 0
    fire(90, 90, 89)

    renewal.refresh_from_db()
    assert renewal.stage == Stage.PREPARATION
    assert list(StageChange.objects.values_list("was", "stage", "by")) == [
        ("upcoming", "preparation", None)
    ]


@pytest.mark.parametrize(
    ("score", "expected"), [(None, []), (50, []), (49, ["renewal.low_health"])]
)
def test_60_days_before_a_call_and_an_alert_if_health_is_low(
    in_tenant, csm, lead, score, expected
):
    renewal_of(ends_on=END, owner=csm, score=score, on=before(61))

    fire(60)

    assert tasks()[-1] == ("renewal.call", csm.pk, "open")
    assert alerts() == [(kind, lead.pk) for kind in expected]
    assert told() == [(kind, lead.pk) for kind in expected]


def test_an_alert_of_low_health_ends_when_health_recovers(in_tenant, csm, lead):
    renewal_of(ends_on=END, owner=csm, score=49, on=before(61))
    fire(60)
    Account.objects.update(score=50)

    fire(59)

    alert = Alert.objects.get()
    assert (alert.resolved_at is None, alert.resolved_by) == (False, None)


@pytest.mark.parametrize(
    ("stage", "is_escalated"),
    [
        (Stage.PREPARATION, True),
        (Stage.INITIATION, True),
        (Stage.NEGOTIATION, False),
        (Stage.APPROVAL, False),
    ],
)
def test_30_days_before_a_deal_without_progress_is_escalated(
    in_tenant, csm, lead, stage, is_escalated
):
    renewal = renewal_of(ends_on=END, owner=csm, on=before(31))
    fire(31)
    services.move_renewal(renewal, stage=stage, by=csm, reason="They hurry")

    fire(30)

    assert alerts() == ([("renewal.stuck", lead.pk)] if is_escalated else [])
    state = "fired" if is_escalated else "skipped"
    assert Reminder.objects.get(step=30).state == state


def test_7_days_before_everyone_concerned_is_told(in_tenant, csm, lead, admin):
    renewal_of(ends_on=END, owner=csm, on=before(8))

    fire(7)

    urgent = [row for row in told() if row[0] == "renewal.urgent"]
    assert urgent == [("renewal.urgent", csm.pk), ("renewal.urgent", lead.pk)]


@pytest.mark.slow
def test_each_step_fires_once_however_often_it_is_asked(in_tenant, csm, lead):
    renewal_of(ends_on=END, owner=csm, score=10)

    fire(*range(130, -6, -1))
    fire(*range(130, -6, -1))

    assert handled() == [(s, "fired") for s in (120, 90, 60, 30, 7)]
    assert [kind for kind, *_ in tasks()] == ["renewal.check", "renewal.call"]
    assert alerts() == [("renewal.low_health", lead.pk), ("renewal.stuck", lead.pk)]
    assert Message.objects.filter(channel="email").count() == 4


def test_a_contract_that_enters_20_days_before_gets_what_is_due_now(
    in_tenant, csm, lead
):
    renewal = renewal_of(ends_on=END, owner=csm, score=10, on=before(20))

    fire(20, 20, 19)

    assert handled() == [
        (120, "skipped"),
        (90, "skipped"),
        (60, "skipped"),
        (30, "fired"),
    ]
    assert (tasks(), alerts()) == ([], [("renewal.stuck", lead.pk)])
    renewal.refresh_from_db()
    assert renewal.stage == Stage.PREPARATION


def test_with_a_notice_the_ladder_counts_from_the_decision(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm, notice_days=30, on=before(200))
    assert renewal.decides_on == before(30)

    fire(151)
    assert handled() == []
    fire(150)

    assert handled() == [(120, "fired")]
    assert Account.objects.get().decides_on == before(30)


def test_a_step_that_fires_after_its_day_says_so(in_tenant, csm):
    renewal_of(ends_on=END, owner=csm)

    fire(117)

    assert Reminder.objects.get().is_late is True
    assert "Late: this was due on 2 Sep 2026." in Task.objects.get().because


def test_a_moved_end_moves_what_has_not_fired(in_tenant, csm, lead):
    renewal = renewal_of(ends_on=END, owner=csm, score=10)
    fire(120, 90, 60)
    later = END + timedelta(days=25)

    Contract.objects.update(ends_on=later)
    fire(59, 36)
    assert Task.objects.filter(unique_key__contains=later.isoformat()).count() == 0
    fire(35)

    renewal.refresh_from_db()
    assert (renewal.ends_on, renewal.stage) == (later, "preparation")
    new = Reminder.objects.filter(ends_on=later).order_by("-step")
    assert list(new.values_list("step", "state", "why")) == [
        (120, "skipped", "fired_before"),
        (90, "skipped", "fired_before"),
        (60, "fired", ""),
    ]
    assert tasks() == [
        ("renewal.check", csm.pk, "open"),
        ("renewal.call", csm.pk, "dismissed"),
        ("renewal.call", csm.pk, "open"),
    ]
    check = Task.objects.get(kind="renewal.check")
    assert "moved from 31 Dec 2026 to 25 Jan 2027" in check.because
    assert Account.objects.get().decides_on == later


def test_a_moved_end_recalls_what_is_not_mailed(in_tenant, csm, lead):
    renewal_of(ends_on=END, owner=csm)
    fire(*range(120, 6, -1))

    Contract.objects.update(ends_on=END + timedelta(days=300))
    fire(6)

    assert set(Message.objects.values_list("state", flat=True)) == {"recalled"}
    assert Alert.objects.open().count() == 0


def test_an_end_moved_nearer_gets_the_tightest_step_now(in_tenant, csm, lead):
    renewal_of(ends_on=END, owner=csm)
    fire(120)

    Contract.objects.update(ends_on=before(95))
    fire(115)

    new = Reminder.objects.filter(ends_on=before(95)).order_by("-step")
    assert list(new.values_list("step", "state", "why")) == [
        (120, "skipped", "fired_before"),
        (90, "skipped", "entered_later"),
        (60, "skipped", "entered_later"),
        (30, "fired", ""),
    ]


@pytest.mark.parametrize("change", ["open-ended", "churned", "archived"])
def test_what_is_not_to_be_renewed_stops(in_tenant, csm, change):
    renewal = renewal_of(ends_on=END, owner=csm)
    fire(120)

    if change == "open-ended":
        Contract.objects.update(ends_on=None)
    elif change == "churned":
        Account.objects.update(lifecycle_stage="churned")
    else:
        Account.objects.update(archived_at=renewal.created_at)
    fire(90, 60)

    assert handled() == [(120, "fired")]
    assert [status for *_, status in tasks()] == ["dismissed"]
    assert list(Renewal.objects.open()) == []
    assert Account.objects.get().decides_on is None


def test_what_comes_back_goes_on(in_tenant, csm):
    renewal_of(ends_on=END, owner=csm)
    fire(120)
    Contract.objects.update(ends_on=None)
    fire(100)

    Contract.objects.update(ends_on=END)
    fire(80)

    assert handled() == [(120, "fired"), (90, "fired")]
    assert Renewal.objects.open().count() == 1


def test_a_decided_renewal_is_not_reminded_of(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm)
    fire(120)
    services.close_renewal(
        renewal, result="renewed", amount=100, by=csm, on=before(100)
    )

    fire(90, 60, 30, 7)

    assert handled() == [(120, "fired")]
    assert [status for *_, status in tasks()] == ["dismissed"]
    assert Account.objects.get().decides_on is None


def test_the_next_term_of_a_renewed_contract_gets_its_own_renewal(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm)
    services.close_renewal(renewal, result="renewed", amount=1, by=csm, on=before(9))

    next_end = END + timedelta(days=365)
    Contract.objects.update(ends_on=next_end)
    fire(5)

    assert list(
        Renewal.objects.order_by("ends_on").values_list("ends_on", "stage")
    ) == [
        (END, "renewed"),
        (next_end, "upcoming"),
    ]


@pytest.mark.parametrize(
    ("days_left", "days_more", "contract", "result"),
    [
        # The deal was worked on, and a year came on top.
        (40, 365, {}, "renewed"),
        # It went on by itself: the day to decide is past.
        (0, 28, {}, "renewed"),
        (-3, 365, {}, "renewed"),
        # Billing says that the new term begins where the old one ended.
        (100, 30, {"starts_on": END}, "renewed"),
        # A date put right: before there was a deal, by less, or nearer.
        (100, 365, {}, None),
        (40, 60, {}, None),
        (-3, 27, {}, None),
        (40, -10, {}, None),
    ],
)
def test_a_contract_that_runs_for_another_term_was_renewed(
    in_tenant, csm, days_left, days_more, contract, result
):
    renewal = renewal_of(ends_on=END, owner=csm, mrr=100)
    fire(*(step for step in (120, 90) if step > days_left), days_left)
    until = END + timedelta(days=days_more)

    Contract.objects.update(ends_on=until, mrr=150, **contract)
    fire(days_left, days_left)

    renewal.refresh_from_db()
    outcome = Outcome.objects.filter(renewal=renewal).first()
    assert (outcome and outcome.result) == result
    assert (renewal.stage == "renewed") is (result == "renewed")
    assert Renewal.objects.open().get().ends_on == until
    assert Account.objects.get().decides_on == until
    if result:
        assert (outcome.amount, renewal.amount, outcome.decided_by) == (
            1800,
            1200,
            None,
        )
        assert outcome.detail == f"The contract now runs until {day(until)}."
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_label) == (
            "renewal.decided",
            f"{renewal.account.name} 2026-12-31",
        )
        old = Task.objects.open().filter(unique_key__contains=END.isoformat())
        assert old.count() == 0


def test_what_comes_back_with_a_later_end_was_not_renewed(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm)
    Contract.objects.update(ends_on=None)
    fire(100)
    later = END + timedelta(days=365)

    Contract.objects.update(ends_on=later)
    fire(-20)

    renewal.refresh_from_db()
    assert (renewal.is_open, renewal.ends_on) == (True, later)
    assert Outcome.objects.count() == 0


def test_a_deal_whose_day_moved_away_waits_for_it_again(in_tenant, csm):
    renewal = renewal_of(ends_on=END, owner=csm)
    fire(120, 90)

    Contract.objects.update(ends_on=END + timedelta(days=60))
    fire(80)
    renewal.refresh_from_db()
    waiting = renewal.stage
    fire(30)

    renewal.refresh_from_db()
    assert (waiting, renewal.stage) == ("upcoming", "preparation")


def test_a_task_without_an_owner_goes_to_a_lead_and_says_why(in_tenant, lead):
    renewal_of(ends_on=END)

    fire(120)

    task = Task.objects.get()
    assert task.owner == lead
    assert "no owner" in task.because


def test_a_task_of_one_who_left_goes_to_a_lead(in_tenant, csm, lead):
    renewal_of(ends_on=END, owner=csm)
    Membership.objects.filter(user=csm).update(is_active=False)

    fire(120)

    assert Task.objects.get().owner == lead


def test_a_contract_that_ended_gets_no_renewal(in_tenant):
    ContractFactory(starts_on=before(400), ends_on=before(35))

    fire(30)

    assert Renewal.objects.count() == 0


def test_the_largest_contract_there_can_be_stops_no_other(in_tenant):
    ContractFactory(mrr="999999999999.99", starts_on=before(365), ends_on=END)

    renewal_of(ends_on=END, mrr=100)

    amounts = Renewal.objects.order_by("amount").values_list("amount", flat=True)
    assert [str(amount) for amount in amounts] == ["1200.00", "11999999999999.88"]


def test_renewals_follow_the_owner_of_the_account(in_tenant, csm, lead):
    renewal = renewal_of(ends_on=END, owner=csm)
    Account.objects.update(owner=lead)
    fire(125)
    renewal.refresh_from_db()
    assert renewal.owner == lead

    services.change_plan(
        renewal, by=lead, owner=csm, next_step="Call", next_step_on=None
    )
    fire(124)

    renewal.refresh_from_db()
    assert renewal.owner == csm


def test_an_account_decides_on_the_nearest_of_its_renewals(in_tenant):
    account = AccountFactory()
    for days in (60, 20, 40):
        ContractFactory(account=account, ends_on=END, notice_days=days)

    fire(200)

    account.refresh_from_db()
    assert account.decides_on == before(60)


def test_one_renewal_that_fails_holds_up_no_other(in_tenant, csm, lead, monkeypatch):
    broken = renewal_of(ends_on=END, owner=csm, name="Broken")
    renewal_of(ends_on=END, owner=csm, name="Fine")
    title = wording.check_title

    def fails(facts):
        if facts.account == "Broken":
            raise ValueError("no title")
        return title(facts)

    with monkeypatch.context() as patched:
        patched.setattr(wording, "check_title", fails)
        fire(120)

    assert list(Task.objects.values_list("account__name", flat=True)) == ["Fine"]
    assert Reminder.objects.filter(renewal=broken).count() == 0
    fire(120)
    assert Reminder.objects.filter(renewal=broken).count() == 1
