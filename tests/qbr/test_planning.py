"""When reviews come by themselves: cadences, renewals, many schedulers at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connections

from accounts.models import WorkCalendar
from qbr import planning, services
from qbr.models import Attendee, Cadence, PlanningRule, Review
from tenants.models import AuditEntry, Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.qbr import review_of
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist.models import Task

TODAY = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 10, 1, 9, tzinfo=UTC), tick=False):
        yield


def plan(tenant, on=TODAY):
    return services.plan_tenant(tenant.pk, on=on)


def account_of(owner, *, last=None, **fields):
    """An account of a tier with a cadence, reviewed last on that day."""
    fields = {"tier": "high", "owner": owner} | fields
    account = AccountFactory(**fields)
    if last:
        held_on(review_of(account, due_on=last), last)
    return account


def held_on(review, day):
    return services.hold_review(review, at=datetime.combine(day, time(9), UTC))


def days(account):
    rows = Review.objects.ahead().filter(account=account)
    return list(rows.values_list("due_on", "reason"))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 10, 12), 3, (date(2026, 7, 1), date(2026, 10, 1))),
        (date(2026, 1, 1), 3, (date(2025, 10, 1), date(2026, 1, 1))),
        (date(2028, 2, 29), 12, (date(2027, 2, 1), date(2028, 2, 1))),
    ],
)
def test_a_review_looks_back_on_whole_months(day, months, expected):
    assert planning.period_before(day, months) == expected


@pytest.mark.parametrize(
    ("last", "since", "expected"),
    [
        (date(2026, 8, 1), None, date(2026, 10, 30)),
        (date(2025, 1, 1), None, date(2026, 10, 15)),
        (None, date(2026, 9, 1), date(2026, 11, 30)),
    ],
)
def test_the_next_review_follows_the_last(last, since, expected):
    due = planning.next_due(
        last=last, since=since, every_days=90, today=TODAY, seed="a"
    )

    assert due == expected


def test_the_cadence_counts_from_the_day_a_review_was_held(in_tenant, csm):
    account = account_of(csm, tier="mid")
    held = held_on(review_of(account, due_on=date(2026, 1, 10)), date(2026, 5, 4))

    plan(in_tenant)

    held.refresh_from_db()
    assert (held.day, held.due_on) == (date(2026, 5, 4), date(2026, 1, 10))
    # 180 days after 4 May is a Saturday: the nearest working day.
    assert days(account) == [(date(2026, 10, 30), "cadence")]


def test_the_day_a_review_was_held_is_of_the_workspace(in_tenant, csm):
    in_tenant.timezone = "Asia/Almaty"
    in_tenant.save()

    at = datetime(2026, 9, 30, 20, tzinfo=UTC)
    held = services.hold_review(review_of(account_of(csm)), at=at)

    assert held.day == date(2026, 10, 1)


def test_a_portfolio_that_was_never_reviewed_is_spread_and_stands_still():
    dues = {
        seed: planning.next_due(
            last=None, since=None, every_days=90, today=TODAY, seed=seed
        )
        for seed in map(str, range(900))
    }
    later = {
        seed: planning.next_due(
            last=None,
            since=None,
            every_days=90,
            today=TODAY + timedelta(days=1),
            seed=seed,
        )
        for seed, due in dues.items()
        if due > TODAY + timedelta(days=15)
    }

    counts = [list(dues.values()).count(day) for day in set(dues.values())]
    assert (len(counts), max(counts) < 30) == (90, True)
    assert later == {seed: dues[seed] for seed in later}


@pytest.mark.parametrize(
    ("decides_on", "expected"),
    [
        (date(2027, 2, 1), date(2026, 11, 3)),
        (date(2026, 12, 1), date(2026, 10, 15)),
        (date(2026, 10, 5), date(2026, 10, 5)),
    ],
)
def test_a_yellow_account_is_reviewed_three_months_ahead(decides_on, expected):
    assert planning.limit_of(decides_on, days=90, today=TODAY) == expected


def test_a_cadence_plans_the_next_review_once(in_tenant, csm):
    account = account_of(csm, last=date(2026, 8, 3))
    ContactFactory(account=account, name="Anna", roles=["decision_maker"])
    ContactFactory(account=account, name="Bill", roles=["billing"])

    done = [plan(in_tenant), plan(in_tenant)]

    review = Review.objects.ahead().get()
    task = Task.objects.open().get(kind="review.prepare")
    assert done == [1, 0]
    # 90 days after is a Sunday: the nearest working day.
    assert (review.day, review.reason) == (date(2026, 11, 2), "cadence")
    assert (review.period_start, review.period_end) == (
        date(2026, 8, 1),
        date(2026, 11, 1),
    )
    assert sorted(str(one) for one in Attendee.objects.filter(review=review)) == sorted(
        ["Anna", str(csm)]
    )
    assert review.preparation.count() == 8
    assert (task.owner, task.due_on, task.path) == (
        csm,
        date(2026, 10, 26),
        review.path,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"tier": "tech"},
        {"lifecycle_stage": "churned"},
        {"lifecycle_stage": "trial"},
        {"archived_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"customer_since": date(2026, 9, 30)},
    ],
)
def test_who_is_not_reviewed_by_themselves(fields, in_tenant, csm):
    account = account_of(csm, **fields)

    plan(in_tenant)

    assert days(account) == []


def test_a_workspace_plans_as_it_says(in_tenant, csm):
    Cadence.objects.create(tier="tech", every_days=31)
    tech = account_of(csm, tier="tech", last=date(2026, 9, 14))
    high = account_of(csm, last=date(2026, 9, 14))

    plan(in_tenant)

    assert (days(tech), days(high)) == ([(date(2026, 10, 15), "cadence")], [])


def test_the_cadence_of_a_segment_goes_before_that_of_the_tier(in_tenant, csm):
    Cadence.objects.create(segment="Enterprise", every_days=60)
    last = date(2026, 8, 17)
    own = account_of(csm, tier="tech", segment="Enterprise", last=last)
    other = account_of(csm, tier="mid", segment="Small", last=last)

    plan(in_tenant)

    assert (days(own), days(other)) == ([(date(2026, 10, 16), "cadence")], [])


def test_a_workspace_may_plan_by_hand_alone(in_tenant, csm):
    PlanningRule.objects.create(is_on=False)
    account = account_of(csm, last=date(2026, 8, 3))

    assert (plan(in_tenant), days(account)) == (0, [])


def yellow(csm, ends_on, **fields):
    renewal = renewal_of(ends_on=ends_on, owner=csm)
    account = renewal.account
    account.band, account.tier = "amber", "tech"
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()
    return renewal


def test_a_yellow_account_is_reviewed_before_its_renewal(in_tenant, csm):
    renewal = yellow(csm, date(2027, 2, 1))
    green = yellow(csm, date(2027, 2, 1), band="green")
    far = yellow(csm, date(2027, 5, 1))

    plan(in_tenant)

    assert days(renewal.account) == [(date(2026, 11, 3), "yellow_renewal")]
    assert (days(green.account), days(far.account)) == ([], [])
    assert Review.objects.get().renewal == renewal


def test_before_a_renewal_a_day_off_is_left_for_an_earlier_one(in_tenant, csm):
    renewal = yellow(csm, date(2027, 2, 6))  # 90 days before it is a Sunday

    plan(in_tenant)

    assert days(renewal.account) == [(date(2026, 11, 6), "yellow_renewal")]


def test_a_planned_review_moves_nearer_but_not_one_a_person_placed(in_tenant, csm):
    renewal = yellow(csm, date(2027, 2, 1))
    by_itself = review_of(renewal.account, due_on=date(2026, 12, 10), reason="cadence")
    other = yellow(csm, date(2027, 2, 1))
    by_hand = review_of(other.account, due_on=date(2026, 12, 10))

    done = [plan(in_tenant), plan(in_tenant)]

    by_itself.refresh_from_db()
    by_hand.refresh_from_db()
    assert done == [1, 0]
    assert (by_itself.due_on, by_itself.reason) == (
        date(2026, 11, 3),
        "yellow_renewal",
    )
    assert by_hand.due_on == date(2026, 12, 10)


def to_be_moved(csm, **fields):
    """Due on 10 December by its cadence; the limit of its renewal is 3 November."""
    account = yellow(csm, date(2027, 2, 1)).account
    return review_of(account, due_on=date(2026, 12, 10), reason="cadence", **fields)


def period(review):
    review.refresh_from_db()
    return review.day, review.period_start, review.period_end


def test_a_review_moved_nearer_looks_back_from_its_new_day(in_tenant, csm):
    review = to_be_moved(csm)
    before = period(review)

    plan(in_tenant)

    assert before == (date(2026, 12, 10), date(2026, 9, 1), date(2026, 12, 1))
    assert period(review) == (
        date(2026, 11, 3),
        date(2026, 8, 1),
        date(2026, 11, 1),
    )


def test_months_that_a_person_chose_stay_when_a_review_moves_nearer(in_tenant, csm):
    chosen = {"period_start": date(2026, 7, 1), "period_end": date(2026, 10, 1)}
    review = to_be_moved(csm)
    services.change_review(review, by=csm, **chosen)
    planned = to_be_moved(csm, period=tuple(chosen.values()))

    plan(in_tenant)

    expected = (date(2026, 11, 3), *chosen.values())
    assert (period(review), period(planned)) == (expected, expected)


def test_months_that_have_their_review_are_not_taken_twice(in_tenant, csm):
    review = to_be_moved(csm)
    over = (date(2026, 8, 1), date(2026, 11, 1))
    held_on(review_of(review.account, period=over), date(2026, 7, 1))

    plan(in_tenant)

    assert period(review) == (
        date(2026, 11, 3),
        date(2026, 9, 1),
        date(2026, 12, 1),
    )


@pytest.mark.slow
def test_an_hour_given_as_the_sweep_moves_a_review_stays(committed):
    tenant = TenantFactory(slug="acme")
    with tenant_scope(tenant.pk):
        csm = MembershipFactory(tenant=tenant, role=Role.CSM).user
        review = to_be_moved(csm)
    hour = datetime(2026, 12, 9, 10, tzinfo=UTC)

    def sweep():
        try:
            return plan(tenant)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(tenant.pk):
            services.change_review(review, scheduled_at=hour, by=csm)
            swept = pool.submit(sweep)
            with pytest.raises(TimeoutError):
                swept.result(timeout=1)
        done = swept.result(timeout=20)

    with tenant_scope(tenant.pk):
        review.refresh_from_db()
        assert (done, review.scheduled_at, review.day, review.reason) == (
            0,
            hour,
            date(2026, 12, 9),
            "cadence",
        )


def test_a_review_held_lately_serves_the_renewal(in_tenant, csm):
    renewal = yellow(csm, date(2027, 2, 1))
    held_on(review_of(renewal.account), date(2026, 9, 15))

    assert plan(in_tenant) == 0


def test_a_review_that_was_called_off_is_not_planned_again_at_once(in_tenant, csm):
    renewal = yellow(csm, date(2027, 2, 1))
    plan(in_tenant)
    services.cancel_review(Review.objects.get(), why="They are leaving")

    again = plan(in_tenant)

    assert (again, Review.objects.get().status) == (0, "cancelled")
    assert days(renewal.account) == []


def test_a_review_is_planned_on_a_working_day(in_tenant, csm):
    WorkCalendar.objects.create(
        weekdays=[0, 1, 2, 3, 4], extra_holidays=[date(2026, 11, 2)]
    )
    account = account_of(csm, last=date(2026, 8, 3))

    plan(in_tenant)

    assert days(account) == [(date(2026, 10, 30), "cadence")]


def test_one_account_that_fails_stops_no_other(committed, monkeypatch):
    tenant = TenantFactory(slug="acme")
    with tenant_scope(tenant.pk):
        csm = MembershipFactory(tenant=tenant, role=Role.CSM).user
        bad = account_of(csm, last=date(2026, 8, 2))
        account_of(csm, last=date(2026, 8, 3))
    make = services.planning._make

    def fail(account, *args, **kwargs):
        if account.pk == bad.pk:
            raise ValueError("no")
        return make(account, *args, **kwargs)

    monkeypatch.setattr(services.planning, "_make", fail)
    done = plan(tenant)

    with tenant_scope(tenant.pk):
        assert (done, Review.objects.ahead().count()) == (1, 1)


@pytest.mark.slow
def test_any_number_of_schedulers_plan_each_review_once(committed):
    tenant = TenantFactory(slug="acme")
    with tenant_scope(tenant.pk):
        csm = MembershipFactory(tenant=tenant, role=Role.CSM).user
        for n in range(12):
            account_of(csm, last=date(2026, 8, 1) + timedelta(days=n))

    def run(_):
        try:
            return plan(tenant)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(run, range(8)))

    with tenant_scope(tenant.pk):
        assert (done, Review.objects.ahead().count()) == (12, 12)
        assert Task.objects.open().filter(kind="review.prepare").count() == 12


def test_a_review_follows_its_account_to_another_owner(in_tenant, csm, lead):
    account = account_of(csm)
    follows, stays = review_of(account), review_of(account, due_on=date(2027, 2, 1))
    services.change_review(stays, owner=lead, by=lead)
    new = MembershipFactory(tenant=in_tenant, role=Role.CSM).user
    account.owner = new
    account.save()

    moved = services.follow_owners()

    follows.refresh_from_db()
    stays.refresh_from_db()
    assert (moved, follows.owner, stays.owner) == (1, new, lead)
    assert follows.attendees.filter(user=new).exists()


def test_a_review_by_hand_is_in_the_audit_and_its_period_is_its_own(in_tenant, csm):
    account = account_of(csm)
    review = review_of(account, by=csm)

    with pytest.raises(services.PeriodTaken) as refused:
        review_of(account, by=csm)

    assert refused.value.review == review
    entry = AuditEntry.objects.get(action="review.planned")
    assert (entry.by, entry.after["day"]) == (csm, "2026-10-12")


def test_a_moved_review_takes_its_task_along(in_tenant, csm):
    review = review_of(account_of(csm))

    services.change_review(
        review, scheduled_at=datetime(2026, 11, 20, 10, tzinfo=UTC), by=csm
    )

    review.refresh_from_db()
    task = Task.objects.get(kind="review.prepare")
    assert (review.day, review.due_on, task.due_on) == (
        date(2026, 11, 20),
        date(2026, 10, 12),
        date(2026, 11, 13),
    )


def test_a_cancelled_review_dismisses_its_task(in_tenant, csm):
    review = services.cancel_review(review_of(account_of(csm)), why="No time", by=csm)

    assert (review.status, review.cancelled_why) == ("cancelled", "No time")
    assert Task.objects.get(kind="review.prepare").status == "dismissed"
    with pytest.raises(services.Stale):
        services.change_review(review, minutes=30)
