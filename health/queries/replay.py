"""A slice of the past: what cards would have said then, and what became of it."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID
from zlib import crc32

from accounts.models import Account
from health.learning.replay import Replayed
from health.learning.traits import YEAR
from health.queries.fates import fates_of
from health.queries.known import known_of
from health.queries.moments import Moment
from health.queries.reading import read
from health.scoring.cards import Card
from health.scoring.evaluation import Score, score
from health.scoring.patience import patience_of


class Row(NamedTuple):
    """An account on a day; plain values, so that it can be kept as JSON.

    `said` holds a score (or None) and a colour for each card.
    """

    account: str
    day: str
    is_gone: bool
    gone_on: str | None
    said: list
    days_active: int
    days_since_last: int
    values: list

    def replayed(self, chance: float | None) -> Replayed:
        draft, published = (self.said * 2)[:2]
        return Replayed(
            account=self.account,
            day=date.fromisoformat(self.day),
            is_gone=self.is_gone,
            gone_on=None if self.gone_on is None else date.fromisoformat(self.gone_on),
            draft=draft[0],
            draft_band=draft[1],
            published=published[0],
            published_band=published[1],
            days_active=self.days_active,
            days_since_last=self.days_since_last,
            chance=chance,
        )


def ends(first: date, last: date, step: str) -> list[date]:
    """The month (or quarter) ends from one day to another, both included."""
    every = 3 if step == "quarter" else 1
    found = []
    year, month = first.year, first.month
    while (end := _end(year, month)) <= last:
        if end >= first and month % every == 0:
            found.append(end)
        year, month = year + month // 12, month % 12 + 1
    return found


def before(day: date, count: int, step: str) -> list[date]:
    """As many ends before a day."""
    months = count * (3 if step == "quarter" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return ends(date(year, month + 1, 1), day - timedelta(days=1), step)


def slice_of(
    reached: UUID | None, limit: int, *, every: int = 1
) -> tuple[list[UUID], UUID | None]:
    """The next accounts in the order of ids, and where the one after begins.

    Of all there ever were: who was archived is who left. Of `every` so many one is
    taken, always the same ones. The second is None when these were the last.
    """
    accounts = Account.objects.order_by("pk")
    if reached is not None:
        accounts = accounts.filter(pk__gt=reached)
    found = list(accounts.values_list("pk", flat=True)[: limit * every])
    reached = found[-1] if len(found) == limit * every else None
    return [pk for pk in found if crc32(pk.bytes) % every == 0], reached


def rows_of(
    account_ids: Iterable[UUID],
    cards: Sequence[Card],
    moment: Moment,
    *,
    outcome: str,
    horizon: int,
) -> list[Row]:
    """The accounts to which it could happen at a moment, and whether it did."""
    since = dict(
        Account.objects.filter(pk__in=list(account_ids)).values_list(
            "pk", "customer_since"
        )
    )
    there = [pk for pk, day in since.items() if day is None or day <= moment.day]
    known = known_of(there, moment)
    habits = {pk: one.habits for pk, one in known.items()}
    fates = fates_of(habits, moment, outcome, horizon)
    said = scores_of({pk: since[pk] for pk in fates}, cards, moment)
    return [
        Row(
            account=str(pk),
            day=moment.day.isoformat(),
            is_gone=fate.is_gone,
            gone_on=fate.gone_on.isoformat() if fate.gone_on else None,
            said=[[one.score, one.band] for one in said[pk]],
            days_active=habits[pk].days_180,
            days_since_last=_capped(habits[pk].days_since_last),
            values=[_short(value) for value in known[pk].traits.values()],
        )
        for pk, fate in sorted(fates.items())
    ]


def scores_of(
    since: dict[UUID, date | None], cards: Sequence[Card], moment: Moment
) -> dict[UUID, list[Score]]:
    """What each card says of each account at a moment. Given with `customer_since`."""
    found = _read_for(cards, list(since), moment)
    return {
        pk: [
            score(
                card,
                values[pk],
                at=moment.at,
                age_days=None if day is None else (moment.day - day).days,
            )
            for card, values in zip(cards, found, strict=True)
        ]
        for pk, day in since.items()
    }


def _read_for(cards: Sequence[Card], account_ids: list[UUID], moment: Moment) -> list:
    """What each card reads; cards that agree on what is stale are read together."""
    said = [patience_of(card.definition) for card in cards]
    found = {}
    for patience in set(said):
        those = [card for card, one in zip(cards, said, strict=True) if one == patience]
        readings = set().union(*(card.all_readings for card in those))
        found[patience] = read(account_ids, readings, moment, patience=patience)
    return [found[one] for one in said]


def _end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _capped(days: int | None) -> int:
    return 10 * YEAR if days is None else min(days, 10 * YEAR)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
