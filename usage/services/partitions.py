"""Partitions: made ahead and on demand, dropped by age.

The application owns no table. It calls four functions of the owner, each of which makes
or drops one partition and nothing else (migration 0002).
"""

import logging
from datetime import UTC, date, timedelta

from django.conf import settings
from django.db import connection, transaction

from cs_platform.lib import clock
from tenants.scoping import all_tenants
from usage.models import Event, IngestBatch

logger = logging.getLogger(__name__)

GENERATION = timedelta(days=10)
# As `usage_store` asks them: this one and three before it.
GENERATIONS_ASKED = 3
MONTHS_AHEAD = 2
# The owner's function drops nothing younger: late events still come.
YOUNG = timedelta(days=60)
ANCIENT = date(1970, 1, 1)
FIRST_MONTH = date(2015, 1, 1)


def make_partitions(instants):
    """Make the partitions that events of these instants need, and today's keys.

    A short transaction of its own, before the insert. Safe to repeat and from many
    processes at once.
    """
    days = {instant.astimezone(UTC).date().replace(day=1) for instant in instants}
    with transaction.atomic(), connection.cursor() as cursor:
        for day in sorted(days):
            cursor.execute("SELECT usage_make_event_partition(%s)", [day])
        for generation in (generation_of(clock.now()), generation_of(clock.now()) + 1):
            cursor.execute("SELECT usage_make_key_generation(%s)", [generation])


def keep_partitions(*, at):
    """Make the partitions of the coming months, drop what has outlived its time.

    A month goes when all of it is older than USAGE_RETENTION_DAYS, it began 60 days ago
    or earlier, and none of its events waits for the roll-up; keys go when they are no longer asked. Safe to repeat.
    """
    make_partitions(_month_later(at, months) for months in range(MONTHS_AHEAD + 1))
    names = partition_names()
    oldest = (at - timedelta(days=settings.USAGE_RETENTION_DAYS)).date()
    for month in months_in(names):
        is_old = end_of_month(month) <= oldest and month <= (at - YOUNG).date()
        if is_old and not _is_waited_for(month):
            _drop("SELECT usage_drop_event_partition(%s)", month)
    for generation in generations_in(names):
        if generation < generation_of(at) - GENERATIONS_ASKED:
            _drop("SELECT usage_drop_key_generation(%s)", generation)


def partition_names():
    """The names of the partitions of both tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT usage_partition_names()")
        return [name for (name,) in cursor.fetchall()]


def months_in(names):
    """The first day of each month that has a partition."""
    months = [name.removeprefix("event_") for name in names if name[:6] == "event_"]
    return [date(int(month[:4]), int(month[4:]), 1) for month in months]


def generations_in(names):
    return [int(name.removeprefix("key_")) for name in names if name[:4] == "key_"]


def generation_of(instant):
    """The generation of message keys an instant falls into."""
    return int(instant.timestamp() // GENERATION.total_seconds())


def end_of_month(month):
    """The first day after the partition that begins with `month`."""
    if month == ANCIENT:
        return FIRST_MONTH
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _month_later(at, months):
    month = at.date().replace(day=1)
    for _step in range(months):
        month = end_of_month(month)
    return clock.start_of(month, "UTC")


def _is_waited_for(month):
    with all_tenants("a month whose events wait for the roll-up is not dropped"):
        waiting = IngestBatch.objects.filter(rolled_up_at=None).values("id")
        return Event.objects.filter(
            occurred_at__gte=clock.start_of(month, "UTC"),
            occurred_at__lt=clock.start_of(end_of_month(month), "UTC"),
            batch_id__in=waiting,
        ).exists()


def _drop(statement, which):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [which])
    logger.info("dropped the partition of %s", which)
