"""Signs of growth at their borders, worked by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.models import Account, FeatureRequest, FeatureVote, Stage
from renewals import services
from renewals.models import (
    ExpansionSignal,
    Plan,
    PlanFeature,
    PlanLimit,
    SignalKind,
)
from renewals.queries.findings import findings
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.health import ResponseFactory, use
from usage.models import Feature, FeatureDay

ON = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as travel:
        yield travel


def days(first, last):
    """So many days ago, both included."""
    return [ON - timedelta(days=n) for n in range(last, first + 1)]


def people(number):
    return [f"u-{n}" for n in range(number)]


def customer(**contract):
    made = AccountFactory()
    ContractFactory(account=made, starts_on=date(2026, 1, 1), ends_on=None, **contract)
    return made


def found(tenant, kind):
    return [
        (one.account_id, one.subject, one.evidence)
        for one in findings(tenant, ON)
        if one.kind == kind
    ]


@pytest.mark.parametrize(
    ("users", "seats", "is_found"),
    [
        (80, 100, True),
        (79, 100, False),  # 79 %
        (799, 1000, False),  # 79.9 %
        (800, 1000, True),
        (4, 5, True),  # 80 %
        (3, 4, False),
        (7, 5, True),
        (0, 5, False),
    ],
)
def test_seats_run_out_from_eighty_of_a_hundred_on(in_tenant, users, seats, is_found):
    account = customer(seats=seats)
    use(account, [ON], users=people(users)) if users else None

    said = {"users": users, "seats": seats}
    assert found(in_tenant, "seats") == ([(account.pk, "", said)] if is_found else [])


def test_seats_are_those_in_force_and_people_those_of_thirty_days(in_tenant):
    account = customer(seats=3)
    ContractFactory(account=account, seats=2, starts_on=date(2026, 1, 1), ends_on=None)
    ContractFactory(account=account, seats=90, starts_on=date(2025, 1, 1), ends_on=ON)
    use(account, days(29, 29), users=["u-1", "u-2"])
    use(account, [ON], users=["u-2", "u-3", "u-4"])
    use(account, days(30, 30), users=["u-5"])

    assert found(in_tenant, "seats") == [(account.pk, "", {"users": 4, "seats": 5})]


@pytest.mark.parametrize(("uses", "is_found"), [(799, False), (800, True), (900, True)])
def test_a_limit_is_near_from_eighty_of_a_hundred_on(in_tenant, uses, is_found):
    account = customer(plan="PRO")
    feature = Feature.objects.create(name="export", label="Export")
    plan = Plan.objects.create(name="Pro", rank=2)
    PlanLimit.objects.create(plan=plan, feature=feature, uses=1000)
    for day, events in ((ON, uses - 1), (days(29, 29)[0], 1), (days(30, 30)[0], 500)):
        FeatureDay.objects.create(
            tenant=in_tenant, account=account, day=day, feature=feature,
            events=events, users=1,
        )  # fmt: skip

    said = {"feature": "Export", "uses": uses, "limit": 1000, "plan": "Pro"}
    expected = [(account.pk, "export", said)] if is_found else []
    assert found(in_tenant, "limit") == expected


@pytest.mark.parametrize(
    ("before", "now", "is_found"),
    [(15, 18, True), (16, 19, False), (10, 12, False), (2, 5, True), (0, 9, False)],
)
def test_a_team_grows_by_three_and_a_fifth(in_tenant, before, now, is_found):
    account = customer()
    for number, day in ((now, days(27, 27)), (before, days(28, 28))):
        if number:
            use(account, day, users=people(number))

    said = {"users": now, "before": before}
    assert found(in_tenant, "team") == ([(account.pk, "", said)] if is_found else [])


def test_it_is_a_higher_plan_by_its_rank(in_tenant):
    basic, pro = (
        Plan.objects.create(name=n, rank=r) for n, r in (("Basic", 1), ("Pro", 2))
    )
    beta, old = (Feature.objects.create(name=name) for name in ("beta", "old"))
    PlanFeature.objects.create(plan=pro, feature=beta)
    PlanFeature.objects.create(plan=basic, feature=old)
    wants, has, unknown = (customer(plan=plan) for plan in ("basic", "Pro", "Other"))
    for account in (wants, has, unknown):
        use(account, days(27, 26), feature="beta")
        use(account, [ON], feature="old")
        use(account, days(28, 28), feature="beta")

    said = {"feature": "beta", "days": 2, "plan": "Pro", "has": "Basic"}
    assert found(in_tenant, "higher_use") == [(wants.pk, "beta", said)]


def test_who_asks_for_a_feature_of_a_higher_plan(in_tenant):
    for name, rank in (("Basic", 1), ("Pro", 2)):
        Plan.objects.create(name=name, rank=rank)
    account, richer = customer(plan="Basic"), customer(plan="Pro")
    for title, state, plan in (
        ("Audit trail", "shipped", "pro"),
        ("Never", "declined", "pro"),
        ("For all", "open", ""),
    ):
        request = FeatureRequest.objects.create(title=title, state=state, plan=plan)
        for one in (account, richer):
            FeatureVote.objects.create(request=request, account=one)

    said = {"title": "Audit trail", "plan": "Pro", "has": "Basic"}
    assert found(in_tenant, "higher_ask") == [(account.pk, "Audit trail", said)]


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ([(9, 0)], 9),
        ([(8, 0)], None),
        ([(10, 90)], 10),
        ([(10, 91)], None),
        ([(10, 9), (6, 1)], None),  # the latest counts
    ],
)
def test_a_promoter_is_one_of_the_last_ninety_days(in_tenant, answers, score):
    account = customer()
    for given, ago in answers:
        at = datetime(2026, 11, 22, 9, tzinfo=UTC) - timedelta(days=ago)
        ResponseFactory(account=account, score=given, answered_at=at)

    expected = [(account.pk, "", {"score": score})] if score else []
    assert found(in_tenant, "promoter") == expected


@pytest.mark.parametrize(
    "gone",
    [
        {"archived_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"lifecycle_stage": Stage.CHURNED},
        {"lifecycle_stage": Stage.TRIAL},
    ],
)
def test_only_customers_are_looked_at(in_tenant, gone):
    account = customer(seats=1)
    use(account, [ON])
    assert len(found(in_tenant, "seats")) == 1

    Account.objects.update(**gone)

    assert found(in_tenant, "seats") == []


def signals():
    rows = ExpansionSignal.objects.order_by("seen_on", "created_at")
    return list(rows.values_list("seen_on", "last_seen_on", "ended_on"))


def test_a_signal_is_found_once_and_kept_up_to_date(in_tenant):
    account = customer(seats=5)
    use(account, [ON], users=people(4))

    assert services.find_signals(on=ON) == 1
    assert services.find_signals(on=ON) == 0
    use(account, [ON + timedelta(days=1)], users=["u-7"])
    assert services.find_signals(on=ON + timedelta(days=1)) == 0

    row = ExpansionSignal.objects.get()
    assert (row.kind, row.evidence) == (SignalKind.SEATS, {"users": 5, "seats": 5})
    assert signals() == [(ON, ON + timedelta(days=1), None)]


def test_a_dismissed_signal_stays_dismissed_until_it_is_new(in_tenant, csm):
    account = customer(seats=5)
    use(account, [ON], users=people(4))
    services.find_signals(on=ON)
    services.dismiss_signal(ExpansionSignal.objects.get(), by=csm, why="No budget")

    # Found for 30 days, and quiet for 30 more; then it is over.
    for day in (29, 30, 59):
        services.find_signals(on=ON + timedelta(days=day))
    assert signals() == [(ON, ON + timedelta(days=29), None)]
    assert ExpansionSignal.objects.get().dismissed_why == "No budget"
    over = ON + timedelta(days=60)
    services.find_signals(on=over)
    assert signals() == [(ON, ON + timedelta(days=29), over)]
    # Found again: another one, which nobody has dismissed.
    use(account, [over], users=people(4))
    services.find_signals(on=over + timedelta(days=1))
    new = ExpansionSignal.objects.get(ended_on=None)
    assert (new.seen_on, new.dismissed_at) == (over + timedelta(days=1), None)


def test_what_a_person_heard_is_old_after_ninety_days(in_tenant, csm):
    account = customer()
    said = {"kind": SignalKind.NEWS, "words": "A new fund", "by": csm}
    row = services.enter_signal(account, on=ON, **said)
    services.dismiss_signal(row, by=csm)
    again = services.enter_signal(account, on=ON + timedelta(days=1), **said)
    assert (again.pk, again.dismissed_at is None) == (row.pk, False)

    other = services.enter_signal(
        account, on=ON + timedelta(days=2), **(said | {"words": "Another fund"})
    )
    assert (other.pk, other.dismissed_at) == (row.pk, None)
    services.find_signals(on=ON + timedelta(days=92))
    assert ExpansionSignal.objects.get().ended_on is None
    services.find_signals(on=ON + timedelta(days=93))
    assert ExpansionSignal.objects.get().ended_on == ON + timedelta(days=93)


def test_what_is_found_by_itself_is_not_entered(in_tenant, csm):
    with pytest.raises(ValueError, match="found by itself"):
        services.enter_signal(customer(), kind="seats", words="x", by=csm, on=ON)
