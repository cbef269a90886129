from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Account
from health import services
from health.models import Scorecard, Snapshot
from health.queries.moments import months_before
from tenants.models import Tenant
from tenants.scoping import tenant_scope
from tests.factories.accounts import (
    AccountFactory,
    ContractFactory,
    InvoiceFactory,
    TicketFactory,
)
from tests.factories.health import ResponseFactory, SnapshotFactory, use
from tests.factories.usage import SourceFactory
from tests.health.cases import CASES
from tests.health.test_scoring import points_of
from tests.health.worked import NOW, TODAY, account_of, days_ago
from usage.models import Feature


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def scored(account, *, on=TODAY):
    services.recompute([account.pk], on=on)
    return Snapshot.objects.get(account=account, day=on)


def points(account, *, on=TODAY):
    """The points of days, seats, tickets, NPS and payments."""
    return points_of(scored(account, on=on).measures)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_account_worked_by_hand(in_tenant, case):
    account = account_of(case)

    snapshot = scored(account)

    assert points_of(snapshot.measures) == case.points
    assert (snapshot.score, snapshot.band) == (case.score, case.band)
    assert round(snapshot.coverage * 100) == case.coverage


def test_all_of_them_at_once_give_the_same(in_tenant):
    accounts = [account_of(case) for case in CASES]

    services.recompute([account.pk for account in accounts], on=TODAY)

    found = dict(Snapshot.objects.values_list("account__name", "score"))
    assert found == {case.name: case.score for case in CASES}


@pytest.mark.parametrize("accounts", [1, 3])
def test_the_number_of_queries_does_not_grow(
    in_tenant, accounts, django_assert_num_queries
):
    ids = [account_of(case).pk for case in CASES[:accounts]]
    services.recompute(ids, on=TODAY)

    with django_assert_num_queries(19):
        services.recompute(ids, on=TODAY)


def test_the_score_is_copied_onto_the_account(in_tenant):
    account = account_of(CASES[0])
    SnapshotFactory(account=account, day=TODAY - timedelta(days=7), score=60)

    scored(account)

    account.refresh_from_db()
    assert (account.score, account.band) == (100, "green")
    assert (account.score_change_7d, account.scored_at) == (40, NOW)


def test_a_second_time_replaces_the_day(in_tenant):
    account = account_of(CASES[0])
    scored(account)
    ResponseFactory(account=account, score=0, answered_at=NOW)

    scored(account)

    assert list(Snapshot.objects.values_list("day", "score")) == [(TODAY, 65)]


def test_the_scorecard_is_shipped_once_and_named_by_every_score(in_tenant):
    for case in CASES[:2]:
        scored(account_of(case))

    assert sorted(Scorecard.objects.values_list("name", "version")) == [
        ("Onboarding", 1),
        ("Points", 1),
        ("Weighted", 1),
    ]
    card = Scorecard.objects.get(name="Points")
    assert set(Snapshot.objects.values_list("scorecard", flat=True)) == {card.pk}


def test_another_tenants_facts_do_not_count(in_tenant, other_tenant):
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone="UTC")
    account = AccountFactory()

    assert services.recompute([account.pk], on=TODAY) == 1
    assert points(account) == (None, None, None, None, None)


def test_an_account_of_another_tenant_is_not_scored(tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        theirs = account_of(CASES[0])

    with tenant_scope(tenant.pk):
        assert services.recompute([theirs.pk], on=TODAY) == 0

    with tenant_scope(other_tenant.pk):
        assert Snapshot.objects.count() == 0


def test_a_day_to_come_is_refused(in_tenant):
    with pytest.raises(ValueError, match="not here yet"):
        services.recompute([AccountFactory().pk], on=TODAY + timedelta(days=1))


def test_lost_and_archived_accounts_keep_what_they_had(in_tenant):
    lost = AccountFactory(lifecycle_stage="churned")
    archived = AccountFactory(archived_at=NOW)
    ResponseFactory(account=lost)
    ResponseFactory(account=archived)

    assert services.recompute([lost.pk, archived.pk], on=TODAY) == 0


# What counts, and when


def test_the_window_is_today_and_the_29_days_before(in_tenant):
    account = AccountFactory()
    use(account, days_ago(0, 1, 2, 29, 30))  # the last is out: 4 days

    assert scored(account).measures[0]["value"] == 4


def test_a_day_counts_once_however_many_features(in_tenant):
    account = AccountFactory()
    use(account, days_ago(0, 1, 2, 3), feature="report")
    use(account, days_ago(0, 1, 2, 3), feature="export")

    assert scored(account).measures[0]["value"] == 4


def test_only_the_named_login_event_counts(in_tenant, ops):
    account = AccountFactory()
    use(account, days_ago(0, 1, 2, 3, 4), feature="report")
    use(account, days_ago(0, 1), feature="Signed in")

    services.name_login_event("Signed in", by=ops)

    snapshot = scored(account)
    assert snapshot.measures[0]["value"] == 2
    assert snapshot.scorecard.version == 2


def test_a_login_event_that_was_merged_since_is_still_one(in_tenant, ops):
    account = AccountFactory()
    use(account, days_ago(0, 1), feature="Signed in")
    services.name_login_event("sign_in", by=ops)
    main = Feature.objects.get(name="Signed in")

    # As a merge leaves it: the days stand under what the event counts as.
    Feature.objects.create(name="sign_in", merged_into=main, counted_as=main)

    assert scored(account).measures[0]["value"] == 2


def test_seats_are_those_of_the_contracts_in_force_today(in_tenant):
    account = AccountFactory()
    use(account, [TODAY], users=["a", "b"])
    ContractFactory(account=account, seats=1, ends_on=TODAY)
    ContractFactory(account=account, seats=2, starts_on=TODAY, ends_on=None)
    ContractFactory(account=account, seats=1, starts_on=TODAY)
    ContractFactory(account=account, seats=9, starts_on=TODAY + timedelta(days=1))

    assert scored(account).measures[1]["detail"] == {"users": 2, "seats": 3}


def test_a_solved_critical_ticket_is_not_open(in_tenant):
    account = AccountFactory()
    TicketFactory(
        account=account,
        severity="critical",
        opened_at=NOW - timedelta(days=20),
        status="solved",
        solved_at=NOW - timedelta(days=1),
    )

    assert points(account)[2] == 15


@pytest.mark.parametrize("severity", ["low", "normal", "high"])
def test_an_old_ticket_that_is_not_critical_costs_nothing(in_tenant, severity):
    account = AccountFactory()
    TicketFactory(
        account=account, severity=severity, opened_at=NOW - timedelta(days=20)
    )

    assert points(account)[2] == 15


def test_the_latest_answer_counts_and_csat_does_not(in_tenant):
    account = AccountFactory()
    ResponseFactory(account=account, score=2, answered_at=NOW - timedelta(days=9))
    ResponseFactory(account=account, score=9, answered_at=NOW - timedelta(days=8))
    ResponseFactory(account=account, score=1, kind="csat", answered_at=NOW)

    assert points(account)[3] == 20


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 5, 15), 6, date(2025, 11, 15)),
        (date(2026, 6, 30), 6, date(2025, 12, 30)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2028, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
        (date(2026, 12, 31), 6, date(2026, 6, 30)),
        (date(2026, 3, 31), 12, date(2025, 3, 31)),
    ],
)
def test_months_before(day, months, before):
    assert months_before(day, months) == before


def test_a_bill_on_the_border_of_six_months(in_tenant):
    inside, outside = AccountFactory(), AccountFactory()
    for account, due_on in [
        (inside, date(2025, 11, 16)),
        (outside, date(2025, 11, 15)),
    ]:
        ResponseFactory(account=account)
        InvoiceFactory(account=account, issued_on=due_on, due_on=due_on, paid_on=due_on)

    assert [points(inside)[4], points(outside)[4]] == [15, None]


# How fresh it is


def test_usage_is_as_fresh_as_the_source_that_sends_it(in_tenant):
    account = AccountFactory()
    use(account, days_ago(20))
    heard_at = NOW - timedelta(hours=72)
    SourceFactory(last_event_at=heard_at)

    measure = scored(account).measures[0]

    assert (measure["state"], measure["as_of"]) == ("ok", heard_at.isoformat())


def test_usage_is_stale_once_every_source_fell_silent(in_tenant):
    account = AccountFactory()
    use(account, days_ago(20))
    SourceFactory(last_event_at=NOW - timedelta(hours=72, seconds=1))
    SourceFactory(last_event_at=NOW - timedelta(days=90))

    snapshot = scored(account)

    assert snapshot.measures[0]["state"] == "stale"
    assert float(snapshot.coverage) == 0.15


# Direction


@pytest.mark.parametrize(
    ("ago", "change"),
    [(6, None), (7, 10), (8, 10), (13, 10), (14, None)],
)
def test_the_change_is_against_the_newest_score_of_a_week_before(
    in_tenant, ago, change
):
    account = account_of(CASES[0])
    SnapshotFactory(account=account, day=TODAY - timedelta(days=ago), score=90)

    assert scored(account).change_7d == change


def test_of_two_scores_of_the_week_before_the_newer_counts(in_tenant):
    account = account_of(CASES[0])
    SnapshotFactory(account=account, day=TODAY - timedelta(days=9), score=10)
    SnapshotFactory(account=account, day=TODAY - timedelta(days=8), score=95)
    SnapshotFactory(account=account, day=TODAY - timedelta(days=6), score=20)

    assert scored(account).change_7d == 5


def test_there_is_no_change_from_unknown(in_tenant):
    account = account_of(CASES[0])
    SnapshotFactory(
        account=account, day=TODAY - timedelta(days=7), score=None, band="unknown"
    )

    assert scored(account).change_7d is None


# A day that is over


def test_a_past_day_knows_only_what_was_known_at_its_end(in_tenant):
    account = AccountFactory()
    then = TODAY - timedelta(days=10)
    use(account, days_ago(9, 8, 7, 6, 5), users=["later"])
    use(account, days_ago(10, 11), users=["then"])
    ContractFactory(account=account, seats=1, ends_on=then + timedelta(days=1))
    ContractFactory(account=account, seats=9, starts_on=then + timedelta(days=1))
    TicketFactory(
        account=account,
        severity="critical",
        opened_at=NOW - timedelta(days=30),
        status="solved",
        solved_at=NOW - timedelta(days=9),
    )
    ResponseFactory(account=account, score=9, answered_at=NOW - timedelta(days=11))
    ResponseFactory(account=account, score=0, answered_at=NOW - timedelta(days=9))
    InvoiceFactory(
        account=account,
        issued_on=then - timedelta(days=40),
        due_on=then - timedelta(days=10),
        paid_on=then + timedelta(days=1),
    )

    snapshot = scored(account, on=then)

    assert points_of(snapshot.measures) == (0, 20, -20, 20, 0)
    assert [m["value"] for m in snapshot.measures] == [2, 1, 1, 9, 1]


def test_a_past_day_replaces_that_day_and_nothing_else(in_tenant):
    account = account_of(CASES[0])
    scored(account)
    before = Account.objects.values().get(pk=account.pk)
    then = TODAY - timedelta(days=3)

    services.recompute([account.pk], on=then)

    days = Snapshot.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [then, TODAY]
    assert Account.objects.values().get(pk=account.pk) == before


def test_a_past_day_leaves_out_who_was_no_customer_yet(in_tenant):
    account = AccountFactory(customer_since=TODAY)

    assert services.recompute([account.pk], on=TODAY - timedelta(days=1)) == 0
    assert services.recompute([account.pk], on=TODAY) == 1


# Days are the tenant's


def test_today_is_the_tenants_day(in_tenant, time_machine):
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone="Asia/Almaty")
    account = account_of(CASES[0])
    time_machine.move_to(datetime(2026, 5, 15, 19, 30, tzinfo=UTC), tick=False)

    tomorrow = TODAY + timedelta(days=1)  # half past midnight in Almaty
    services.recompute([account.pk], on=tomorrow)

    account.refresh_from_db()
    assert account.scored_at == datetime(2026, 5, 15, 19, 30, tzinfo=UTC)
    assert Snapshot.objects.get().day == tomorrow


@pytest.mark.parametrize(
    ("zone", "day", "last", "first_after"),
    [
        ("Asia/Almaty", date(2026, 5, 10), "2026-05-10T18:59", "2026-05-10T19:00"),
        # The day of 23 hours, and the day of 25.
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-29T21:59", "2026-03-29T22:00"),
        ("Europe/Berlin", date(2025, 10, 26), "2025-10-26T22:59", "2025-10-26T23:00"),
        # Midnight does not exist on the next day.
        ("Asia/Beirut", date(2026, 3, 28), "2026-03-28T21:59", "2026-03-28T22:00"),
    ],
)
def test_a_past_day_ends_at_the_tenants_midnight(
    in_tenant, zone, day, last, first_after
):
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone=zone)
    account = AccountFactory()
    for score, at in [(9, last), (0, first_after)]:
        answered_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
        ResponseFactory(account=account, score=score, answered_at=answered_at)

    assert scored(account, on=day).measures[3]["value"] == 9
