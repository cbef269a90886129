"""What `bench.foresight` measures, inside a process that has Django."""

import csv
import gzip
import io
import json
import os
import random
import time
import uuid
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import psycopg2
from django.conf import settings
from django.db import connection

from bench.stack import KEY
from cs_platform.lib.ids import uuid7
from health.learning import calibration, ranking
from health.queries.moments import moment
from health.queries.replay import ends, rows_of, slice_of
from health.scoring import SHIPPED
from health.scoring.cards import Card
from health.services.replaying import foretold
from tenants.models import Tenant
from tenants.scoping import tenant_scope
from usage.models import FeatureDay, IngestBatch, Source
from usage.services.rolling import roll_up

COLUMNS = (
    "tenant_id, occurred_at, received_at, message_key, source_id, batch_id, flags, kind,"
    " message_id, name, user_ref, anonymous_ref, group_ref, previous_ref, properties"
)
BATCH = 20_000
DRAWS = 1000


def run():
    asked = json.loads(os.environ["BENCH_FORESIGHT"])
    rows = list(_read(asked))
    tenant = Tenant.objects.get()
    began = time.monotonic()
    with tenant_scope(tenant.pk):
        source = Source.objects.create(name="File", write_key=KEY)
        for month in {at.date().replace(day=1) for *_, at in rows}:
            with connection.cursor() as cursor:
                cursor.execute("SELECT usage_make_event_partition(%s)", [month])
    with tenant_scope(tenant.pk):
        _store(tenant, source, rows)
    while _roll_up(tenant):
        pass
    with tenant_scope(tenant.pk):
        _check(rows)
    print(
        f"{len(rows):,} rows rolled up in {time.monotonic() - began:.0f} s; the cells"
    )
    print("are the counts of the file, each of them")
    _replay(tenant, rows, asked)


def _read(asked):
    """Account, user, feature and instant of each row that names an account."""
    opened = gzip.open if asked["file"].endswith(".gz") else open
    with opened(asked["file"], "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row[asked["account"]]:
                at = datetime.fromisoformat(row[asked["time"]])
                at = at if at.tzinfo else at.replace(tzinfo=UTC)
                user, feature = row.get(asked["user"]), row.get(asked["feature"])
                yield row[asked["account"]], user or "somebody", feature or "use", at


def _store(tenant, source, rows):
    """Events as the endpoint stores them, in batches that wait for the roll-up."""
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        batch = IngestBatch.objects.create(
            id=uuid7(), source=source, received_at=part[-1][3], accepted=len(part),
            duplicate=0, quarantined=0,
        )  # fmt: skip
        _copy([_event(tenant, source, batch, row) for row in part])


def _event(tenant, source, batch, row):
    account, user, feature, at = row
    key = uuid.uuid4()
    return [
        tenant.pk, at.isoformat(), at.isoformat(), key, source.pk, batch.pk, 0, "track",
        key, feature, user, "", account, "", "{}",
    ]  # fmt: skip


def _copy(events):
    """COPY is for the owner of the table; row-level security forbids it to the app."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(events)
    buffer.seek(0)
    owner = psycopg2.connect(settings.EMBEDDED_SUPERUSER, dbname="cs_platform")
    with owner, owner.cursor() as cursor:
        copy = f"COPY usage_event ({COLUMNS}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL"
        text = "(name, user_ref, anonymous_ref, group_ref, previous_ref)"
        cursor.copy_expert(f"{copy} {text})", buffer)
    owner.close()


def _roll_up(tenant):
    with tenant_scope(tenant.pk):
        return roll_up().batches


def _check(rows):
    """The roll-up holds what the file says, cell by cell."""
    counted = Counter((account, at.date(), feature) for account, _, feature, at in rows)
    stored = {
        (row["account__external_id"], row["day"], row["feature__name"]): row["events"]
        for row in FeatureDay.objects.values(
            "account__external_id", "day", "feature__name", "events"
        )
    }
    if stored != dict(counted):
        raise SystemExit("the roll-up differs from the file")


def _replay(tenant, rows, asked):
    first = min(at for *_, at in rows).date()
    last = max(at for *_, at in rows).date() - timedelta(days=asked["horizon"])
    days = ends(first, last, asked["step"])
    cards = {name: Card(one) for name, one in SHIPPED.items()}
    began = time.monotonic()
    found = []
    for day in days:
        with tenant_scope(tenant.pk):
            found += _on(tenant, day, list(cards.values()), asked)
    told = foretold(found, asked["horizon"])
    seconds = time.monotonic() - began
    print(f"{len(days)} days, {len(found):,} account-days in {seconds:.0f} s")
    for count in dict.fromkeys((asked["days"], len(days))):
        since = days[-count:][0]
        _print(found, told, list(cards), since)


def _on(tenant, day, cards, asked):
    then, reached, found = moment(tenant, day), None, []
    while True:
        ids, reached = slice_of(reached, 1000)
        found += rows_of(
            ids, cards, then, outcome=asked["outcome"], horizon=asked["horizon"]
        )
        if reached is None:
            return found


def _print(rows, told, cards, since):
    """The table of one stretch: every way on the same rows."""
    kept = [
        (row, one)
        for row, one in zip(rows, told, strict=True)
        if one is not None and date.fromisoformat(row.day) >= since
    ]
    if not kept:
        print(f"since {since}: nothing learned that early")
        return
    gone = [row.is_gone for row, _ in kept]
    who = [row.account for row, _ in kept]
    ways = {
        "learned": [one.chance for _, one in kept],
        "active days": [-row.days_active for row, _ in kept],
        "recency": [row.days_since_last for row, _ in kept],
    } | {
        # Without a score nothing is said: neither safe nor at risk.
        name: [-50 if row.said[n][0] is None else -row.said[n][0] for row, _ in kept]
        for n, name in enumerate(cards)
    }
    print(f"\nsince {since}: {len(kept):,} account-days, {sum(gone):,} gone,", end=" ")
    print(f"{len(set(who))} accounts")
    head = ("", "AUC", "95 %", "over active days", "drawing again")
    print("{:<14}{:>7}  {:<15}{:<25}{}".format(*head))
    areas = {name: ranking.area(gone, risks, who) for name, risks in ways.items()}
    for name, area in areas.items():
        auc = ranking.interval(area)
        gain = ranking.gain(area, areas["active days"])
        drawn = _drawn(gone, ways[name], ways["active days"], who)
        print(
            f"{name:<14}{auc.value:>7.3f}  {auc.low:.3f}-{auc.high:.3f}"
            f"    {gain.value:+.3f} ({gain.low:+.3f}, {gain.high:+.3f})"
            f"   ({drawn[0]:+.3f}, {drawn[1]:+.3f})"
        )
    print("learned, foretold and come true, by tenths:")
    bands = calibration.by_tenths(gone, ways["learned"])
    print("  ".join(f"{b.foretold:.2f}:{b.share.value:.2f}" for b in bands))


def _drawn(gone, one, other, who):
    """The 95 % interval of the gain when accounts are drawn again and again."""
    import numpy  # noqa: PLC0415 (comes with the library that learns)
    from scipy.stats import rankdata  # noqa: PLC0415 (see above)

    places = defaultdict(list)
    for number, account in enumerate(who):
        places[account].append(number)
    groups = [numpy.array(numbers) for numbers in places.values()]
    gone, dice = numpy.array(gone), random.Random(1)
    sides = [numpy.array(side, dtype=float) for side in (one, other)]

    def auc(numbers, side):
        left, ranks = gone[numbers], rankdata(side[numbers])
        count = left.sum()
        below = ranks[left].sum() - count * (count + 1) / 2
        return below / (count * (len(left) - count))

    gains = []
    for _ in range(DRAWS):
        numbers = numpy.concatenate(dice.choices(groups, k=len(groups)))
        gains.append(auc(numbers, sides[0]) - auc(numbers, sides[1]))
    return numpy.percentile(gains, [2.5, 97.5])
