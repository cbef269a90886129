from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Contract, Invoice, Ticket
from health.learning.traits import Habits
from health.models import Loss
from health.queries.fates import fates_of
from health.queries.habits import habits_of
from health.queries.known import columns, known_of
from health.queries.moments import moment
from nps.models import Response
from tenants.scoping import tenant_scope
from tests.factories.accounts import (
    AccountFactory,
    ContractFactory,
    InvoiceFactory,
    TicketFactory,
)
from tests.factories.health import ResponseFactory, use
from tests.health.worked import NOW, TODAY, days_ago
from usage.models import FeatureDay, UserDay


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def then(tenant, days=0):
    return moment(tenant, TODAY - timedelta(days=days))


def test_habits_by_hand(in_tenant):
    account = AccountFactory()
    use(account, days_ago(0, 6, 7, 29, 30), users=["a", "b"], feature="report")
    use(account, days_ago(0, 89, 90, 179, 180), users=["b", "c"], feature="export")
    use(account, days_ago(364, 365), users=["d"], feature="import")

    assert habits_of([account.pk], then(in_tenant))[account.pk] == Habits(
        days_7=2,
        days_30=4,
        days_90=6,
        days_180=8,
        days_365=10,
        weeks_12=3,
        months_12=6,
        events_90=7,
        people_30=3,
        people_90=3,
        people_180=3,
        features_90=2,
        features_180=2,
        days_since_last=0,
        days_since_first=365,
    )


def test_an_account_that_was_never_used_has_no_habits(in_tenant):
    account = AccountFactory()

    assert habits_of([account.pk], then(in_tenant)) == {account.pk: Habits()}


@pytest.mark.parametrize("accounts", [1, 3])
def test_the_number_of_queries_does_not_grow(
    in_tenant, accounts, django_assert_num_queries
):
    ids = [AccountFactory().pk for _ in range(accounts)]
    now = then(in_tenant)
    known_of(ids, now)

    with django_assert_num_queries(5):
        found = known_of(ids, now)

    assert len(found) == accounts


def test_another_tenants_use_does_not_count(tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        theirs = AccountFactory()
        use(theirs, days_ago(0))

    with tenant_scope(tenant.pk):
        assert known_of([theirs.pk], then(tenant)) == {}


def test_nothing_that_happens_after_a_day_changes_what_is_known_on_it(in_tenant):
    accounts = [AccountFactory() for _ in range(2)]
    day = then(in_tenant, 60)
    after = days_ago(*range(60))
    for number, account in enumerate(accounts):
        use(account, days_ago(61 + number, 90, 200), users=["a"])
        ContractFactory(account=account, starts_on=TODAY - timedelta(days=200))
        opened_at = day.at - timedelta(days=3)
        TicketFactory(account=account, opened_at=opened_at)
        ResponseFactory(account=account, score=9, answered_at=opened_at)
        due_on = day.day - timedelta(days=5)
        InvoiceFactory(
            account=account, issued_on=due_on - timedelta(days=20), due_on=due_on
        )
    ids = [account.pk for account in accounts]
    before = known_of(ids, day)

    _turn_upside_down(accounts[0], after, day)

    again = known_of(ids, then(in_tenant, 60))
    assert again == before
    assert known_of(ids, then(in_tenant)) != before
    assert set(before[ids[0]].traits) == {column.key for column in columns()}
    assert before[ids[0]].traits["signal:nps"] is not None


def _turn_upside_down(account, after, day):
    """Everything that can happen to an account after a day."""
    use(account, after, users=["b", "c"], feature="new")
    UserDay.objects.filter(day__gt=day.day).update(events=9)
    FeatureDay.objects.filter(day__gt=day.day).update(events=9)
    tomorrow = day.at + timedelta(days=1)
    TicketFactory(account=account, opened_at=tomorrow)
    ResponseFactory(account=account, score=0, answered_at=tomorrow)
    ContractFactory(account=account, starts_on=tomorrow.date(), mrr=9)
    InvoiceFactory(account=account, issued_on=tomorrow.date(), due_on=tomorrow.date())
    Ticket.objects.filter(account=account).update(
        status="solved", solved_at=tomorrow, csat=1
    )
    Invoice.objects.filter(account=account).update(paid_on=tomorrow.date())
    Contract.objects.filter(account=account).update(
        ends_on=tomorrow.date() + timedelta(days=9)
    )
    assert Response.objects.count() > 2


def test_fates_of_payers(in_tenant):
    day = then(in_tenant, 100)
    stays, goes, never = (AccountFactory() for _ in range(3))
    ContractFactory(account=stays, starts_on=day.day, ends_on=None)
    gone_on = day.day + timedelta(days=30)
    ContractFactory(account=goes, starts_on=day.day, ends_on=gone_on)
    ContractFactory(account=never, starts_on=day.day, ends_on=None, mrr=0)

    found = fates_of(_habits(stays, goes, never), day, Loss.LOST, 90)

    assert {pk: (one.is_gone, one.gone_on) for pk, one in found.items()} == {
        stays.pk: (False, None),
        goes.pk: (True, gone_on),
    }


def test_who_churned_without_an_end_is_left_out_and_who_was_archived_ended_then(
    in_tenant,
):
    day = then(in_tenant, 100)
    unknown = AccountFactory(lifecycle_stage="churned")
    archived_at = datetime(2026, 3, 1, tzinfo=UTC)
    archived = AccountFactory(lifecycle_stage="churned", archived_at=archived_at)
    for account in (unknown, archived):
        ContractFactory(account=account, starts_on=day.day, ends_on=None)

    found = fates_of(_habits(unknown, archived), day, Loss.LOST, 90)

    assert {pk: one.gone_on for pk, one in found.items()} == {
        archived.pk: archived_at.date()
    }


def test_fates_of_users(in_tenant):
    day = then(in_tenant, 100)
    comes, stops, long_gone = (AccountFactory() for _ in range(3))
    use(comes, days_ago(110, 50))
    use(stops, days_ago(110, 5))
    use(long_gone, days_ago(300, 50))
    habits = habits_of([comes.pk, stops.pk, long_gone.pk], day)

    found = fates_of(habits, day, Loss.SILENT, 90)

    assert {pk: one.is_gone for pk, one in found.items()} == {
        comes.pk: False,
        stops.pk: True,
    }


def _habits(*accounts):
    return {account.pk: Habits() for account in accounts}
