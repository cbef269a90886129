from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from cs_platform.lib import clock
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.factories.usage import events
from usage.models import Event, IngestBatch
from usage.services import partitions
from usage.tasks import keep_partitions


@pytest.fixture
def swept(committed):
    """Partitions are not rows: what a committed test made is dropped after it."""
    yield
    with connections["owner"].cursor() as cursor:
        for name in partitions.partition_names():
            cursor.execute(f'DROP TABLE usage_partitions."{name}"')


def months():
    return partitions.months_in(partitions.partition_names())


def test_the_coming_months_are_made_ahead(db):
    keep_partitions()
    keep_partitions()

    this = clock.now().date().replace(day=1)
    following = partitions.end_of_month(this)
    assert months() == [this, following, partitions.end_of_month(following)]
    generation = partitions.generation_of(clock.now())
    made = partitions.generations_in(partitions.partition_names())
    assert made == [generation, generation + 1]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("1970-01-01T00:00:00Z", "event_197001"),
        ("2014-12-31T23:59:59Z", "event_197001"),
        ("2015-01-01T00:00:00Z", "event_201501"),
        ("2024-02-29T23:59:59.999999Z", "event_202402"),
    ],
)
def test_a_month_of_the_past_is_made_when_an_event_needs_it(tenant, send, sent, kept):
    message = {"type": "track", "event": "X", "userId": "u", "timestamp": sent}

    assert send({"batch": [message]}).json()["accepted"] == 1

    assert kept in partitions.partition_names()
    with tenant_scope(tenant.pk):
        (stored,) = Event.objects.values_list("occurred_at", flat=True)
        assert stored == datetime.fromisoformat(sent)


def test_old_months_go_when_they_are_rolled_up(swept):
    tenant = TenantFactory()
    now = clock.now()
    old, older = (now - timedelta(days=days) for days in (500, 900))
    with tenant_scope(tenant.pk):
        (rolled_up,) = events({"occurred_at": old})
        (waiting,) = events({"occurred_at": older})
        IngestBatch.objects.filter(pk=rolled_up.batch_id).update(rolled_up_at=now)

    partitions.keep_partitions(at=now)

    assert (old.date().replace(day=1) in months()) is False
    assert (older.date().replace(day=1) in months()) is True
    with tenant_scope(tenant.pk):
        assert [event.pk for event in Event.objects.all()] == [waiting.pk]


def test_a_short_retention_keeps_what_is_too_young_to_be_dropped(swept, settings):
    settings.USAGE_RETENTION_DAYS = 1
    tenant, now = TenantFactory(), clock.now()
    with tenant_scope(tenant.pk):
        rows = events(*({"occurred_at": now - timedelta(days=d)} for d in (40, 100)))
        IngestBatch.objects.update(rolled_up_at=now)

    partitions.keep_partitions(at=now)

    first, second = (row.occurred_at.date().replace(day=1) for row in rows)
    assert (first in months(), second in months()) == (True, False)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM usage_partitions.event_202601",
        "CREATE TABLE usage_partitions.mine (id int)",
        "DROP TABLE usage_partitions.event_202601",
        "SELECT usage_drop_event_partition(now()::date)",
        "SELECT usage_make_event_partition('2101-01-01')",
        "SELECT usage_make_event_partition('1969-12-31')",
        "SELECT usage_make_event_partition(NULL)",
        "SELECT usage_make_key_generation(1)",
        "SELECT usage_drop_key_generation((extract(epoch FROM now()) / 864000)::int)",
    ],
)
def test_the_app_may_do_no_more_than_make_one(months, statement):
    months([datetime(2026, 1, 1, tzinfo=UTC)])

    with pytest.raises(
        Exception,
        match="permission denied|no partition|no generation|young|still asked|does not exist",
    ):  # noqa: E501
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_partition_stands_behind_the_wall_too(swept):
    partitions.make_partitions([clock.now()])

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, relrowsecurity AND relforcerowsecurity,"
            " (SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy"
            "  WHERE polrelid = c.oid), relacl"
            " FROM pg_class c WHERE relnamespace = 'usage_partitions'::regnamespace"
            " AND relkind = 'r'"
        )
        found = cursor.fetchall()

    wall = ["ops_reads", "tenant_wall"]
    assert [row[1:] for row in found] == [(True, wall, None)] * 3


def test_create_source_prints_the_key_alone(tenant, capsys):
    key = "c" + "a1" * 12

    call_command("create_source", tenant="acme", name="Web", key=key)
    call_command("create_source", tenant="acme", name="Server")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == key
    assert (len(lines), len(lines[1]), lines[1][0]) == (2, 25, "c")


@pytest.mark.parametrize(
    ("name", "key"),
    [("Web", "c" + "b" * 24), ("Other", "c" + "a" * 24), ("Other", "short"), ("Other", "x" * 25)],
)  # fmt: skip
def test_create_source_refuses_what_cannot_be(tenant, name, key):
    call_command("create_source", tenant="acme", name="Web", key="c" + "a" * 24)

    with pytest.raises(CommandError):
        call_command("create_source", tenant="acme", name=name, key=key)


def test_programming_errors_are_not_taken_for_outages():
    from cs_platform.lib.outage import STORE_ERRORS  # noqa: PLC0415

    assert not issubclass(ProgrammingError, STORE_ERRORS)
