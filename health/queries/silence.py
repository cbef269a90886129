"""When the sources that feed an account were last heard of, as known at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Subquery

from cs_platform.lib import clock
from health.queries.moments import Moment
from usage import rhythm
from usage.models import IngestBatch, Source
from usage.queries.sources import rhythm_of

# Of the newest month with a source that fed an account, and the one before it: who sent
# only earlier has been replaced.
_FEEDS = """
    SELECT account_id::text, array_agg(DISTINCT source_id) FROM (
        SELECT account_id, source_id, month,
               max(month) OVER (PARTITION BY account_id) AS newest
        FROM usage_feed
        WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
          AND first_on <= %(on)s
    ) f WHERE month >= newest - interval '1 month' GROUP BY account_id
"""


class Heard(NamedTuple):
    """When usage was last heard of (None: nobody knows), and whether that is too long
    ago to look from any later."""

    at: datetime | None
    is_stale: bool = False


@dataclass(frozen=True)
class _Voice:
    """A source as of the moment: when it spoke last, and whether it is meant to."""

    source: Source
    at: datetime
    is_revoked: bool


def heard_of(ids: list[str], moment: Moment, *, hours: int) -> dict[Heard, list[str]]:
    """The accounts by when the sources that feed each were last heard of.

    Usage is stale where every one of them has been silent for longer than `hours`, and
    where one of them is silent for longer than it ever was in its four weeks before,
    for up to four weeks: then part of the usage is missing. An account of which we do
    not know who feeds it is fed by all.
    """
    voices = _voices(moment)
    if voices is None:
        return {Heard(None): ids}
    limit = moment.at - timedelta(hours=hours)
    last = max((one.at for one in voices.values()), default=None)
    everybody = Heard(last, last is not None and last < limit)
    if len(voices) < 2 or all(one.at >= limit for one in voices.values()):
        return {everybody: ids}
    return _grouped(ids, voices, limit, moment)


def _grouped(ids, voices, limit, moment):
    """By the day as of which usage is read, so that the statements stay few."""
    fallen = {pk for pk, one in voices.items() if _fell(one, limit, moment)}
    feeds = _feeds(ids, moment)
    fresh = Heard(max(one.at for one in voices.values()))
    found: dict[date | None, list[str]] = {}
    since: dict[date, datetime] = {}
    for pk in ids:
        own = [one for one in feeds.get(pk, ()) if one in voices]
        heard_at = _stale_since(own, voices, fallen, limit)
        day = heard_at and clock.day_of(heard_at, moment.tenant.timezone)
        found.setdefault(day, []).append(pk)
        if heard_at is not None:
            since[day] = min(heard_at, since.get(day, heard_at))
    return {
        fresh if day is None else Heard(since[day], True): those
        for day, those in found.items()
    }


def _stale_since(own, voices, fallen, limit) -> datetime | None:
    """As of when usage is read that these sources feed; None: as of now."""
    newest = max(voices[one].at for one in own or voices)
    if newest < limit:
        return newest
    return min((voices[one].at for one in own if one in fallen), default=None)


def _voices(moment: Moment) -> dict[UUID, _Voice] | None:
    """Every source that had spoken; None when nobody knows.

    Of a source that spoke later we ask its batches, which are kept for a while only;
    history brought in from a file has none of then.
    """
    if "voices" not in moment.kept:
        moment.kept["voices"] = _spoken(moment)
    return moment.kept["voices"]


def _spoken(moment: Moment) -> dict[UUID, _Voice] | None:
    at = moment.at
    before = (
        IngestBatch.objects.filter(
            tenant=OuterRef("tenant"), source=OuterRef("pk"), received_at__lte=at
        )
        .order_by("-received_at")
        .values("received_at")[:1]
    )
    known = Source.objects.exclude(last_event_at=None)
    heard = known.filter(last_event_at__lte=at)
    found = [(one, one.last_event_at) for one in heard]
    if not moment.is_today:
        later = known.filter(last_event_at__gt=at, created_at__lte=at)
        found += [
            (one, one.heard_at) for one in later.annotate(heard_at=Subquery(before))
        ]
    if any(heard_at is None for _, heard_at in found):
        return None
    return {
        one.pk: _Voice(
            one, heard_at, one.revoked_at is not None and one.revoked_at <= at
        )
        for one, heard_at in found
        if heard_at is not None
    }


def _fell(voice: _Voice, limit: datetime, moment: Moment) -> bool:
    """Whether it is silent for longer than its own rhythm, and not given up."""
    if voice.is_revoked or voice.at >= limit or moment.at - voice.at > rhythm.MEMORY:
        return False
    key = f"fell:{voice.source.pk}"
    if key not in moment.kept:
        usual = rhythm_of(voice.source, voice.at)
        moment.kept[key] = rhythm.is_silent(usual, last=voice.at, now=moment.at)
    return moment.kept[key]


def _feeds(ids: Iterable[str], moment: Moment) -> dict[str, list[UUID]]:
    """The sources that feed each account, of the accounts of which that is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FEEDS,
            {"tenant": moment.tenant.pk, "accounts": list(ids), "on": moment.day},
        )
        return dict(cursor.fetchall())
