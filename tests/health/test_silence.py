"""A source that fell silent makes stale what it feeds, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from health.queries.reading import moment, read
from health.scoring import Reading
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.health import use
from tests.factories.usage import IngestBatchFactory, SourceFactory
from usage.models import Feed, Source

NOW = datetime(2026, 5, 15, 20, tzinfo=UTC)
TODAY = NOW.date()
DAYS = Reading("login_days", 30, (("event", ""),))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def days_ago(*numbers):
    return [TODAY - timedelta(days=n) for n in numbers]


def source(days, beats=10):
    """One that sent each hour until so many days ago."""
    last = NOW - timedelta(days=days)
    made = SourceFactory(last_event_at=last)
    for hours in range(beats):
        IngestBatchFactory(source=made, received_at=last - timedelta(hours=hours))
    Source.objects.filter(pk=made.pk).update(created_at=LONG_AGO)
    return made


def fed(account, *sources, on=date(2026, 5, 2)):
    for one in sources:
        Feed.objects.create(
            tenant_id=account.tenant_id,
            account=account,
            source=one,
            month=on.replace(day=1),
            first_on=on,
        )


def used(*sources, on=date(2026, 5, 2)):
    """An account used yesterday, eight and nine days ago, and once before."""
    account = AccountFactory()
    use(account, days_ago(1, 8, 9, 40))
    fed(account, *sources, on=on)
    return account


def told(*accounts, on=TODAY):
    tenant = accounts[0].tenant
    found = read([one.pk for one in accounts], [DAYS], moment(tenant, on))
    values = [found[one.pk][DAYS] for one in accounts]
    return [(one.value, one.is_stale, one.as_of) for one in values]


def ago(days):
    return NOW - timedelta(days=days)


def test_only_what_the_silent_source_feeds_is_stale(in_tenant):
    silent, speaking = source(7), source(0)
    of_silent, of_both = used(silent), used(silent, speaking)
    of_speaking, of_nobody_known = used(speaking), used()

    assert told(of_silent, of_both, of_speaking, of_nobody_known) == [
        (2, True, ago(7)),
        (2, True, ago(7)),
        (3, False, NOW),
        (3, False, NOW),
    ]


@pytest.mark.parametrize(
    ("days", "beats", "is_stale"),
    [(3, 10, False), (4, 10, True), (28, 10, True), (29, 10, False), (7, 5, False)],
)
def test_one_of_two_is_missed_for_four_weeks_when_it_had_a_rhythm(
    in_tenant, days, beats, is_stale
):
    account = used(source(days, beats), source(0))

    assert [stale for _, stale, _ in told(account)] == [is_stale]


def test_a_revoked_source_is_not_missed(in_tenant):
    silent, speaking = source(7), source(0)
    account = used(silent, speaking)
    Source.objects.filter(pk=silent.pk).update(revoked_at=ago(6))

    assert told(account) == [(3, False, NOW)]


def test_a_source_that_was_replaced_is_not_missed(in_tenant):
    silent, speaking = source(7), source(0)
    account = used(speaking)
    fed(account, silent, on=date(2026, 3, 30))

    assert told(account) == [(3, False, NOW)]


def test_the_only_source_is_missed_however_long_ago_it_fed(in_tenant):
    silent = source(100)
    source(0)
    account = used(silent, on=date(2026, 1, 5))
    use(account, [ago(110).date()], feature="other")

    assert told(account) == [(1, True, ago(100))]


def test_several_that_fell_silent_on_a_day_are_read_as_of_the_first(in_tenant):
    source(0)
    first, second, third = source(7.25), source(7), source(5)

    assert told(used(first), used(second), used(third)) == [
        (2, True, ago(7.25)),
        (2, True, ago(7.25)),
        (2, True, ago(5)),
    ]


def test_what_became_known_later_changes_no_past_day(in_tenant):
    then = TODAY - timedelta(days=2)
    silent, speaking = source(7), source(2.5)
    accounts = [used(silent), used(speaking), used()]
    before = told(*accounts, on=then)

    for one in (silent, speaking):
        IngestBatchFactory(source=one, received_at=NOW)
    Source.objects.update(last_event_at=NOW)
    for one in accounts:
        fed(one, SourceFactory(last_event_at=NOW), on=TODAY)

    assert told(*accounts, on=then) == before
    assert [stale for _, stale, _ in before] == [True, False, False]


@pytest.mark.parametrize("number", [1, 3])
def test_the_statements_do_not_grow_with_the_accounts(
    in_tenant, number, django_assert_num_queries
):
    silent, speaking = source(7), source(0)
    accounts = [used(one) for one in (silent, speaking) for _ in range(number)]
    then = moment(in_tenant, TODAY)

    # Sources, the rhythm of the silent one, who feeds whom, and usage of both groups.
    with django_assert_num_queries(5):
        read([one.pk for one in accounts], [DAYS], then)


def test_another_tenants_source_is_not_heard(tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        used(source(0))

    with tenant_scope(tenant.pk):
        source(0)
        account = used(source(7))
        assert told(account) == [(2, True, ago(7))]
        assert Feed.objects.count() == 1
