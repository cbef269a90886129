"""How what people say goes from month to month, and what they speak of."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Count,
    DateTimeField,
    F,
    Func,
    IntegerField,
    Q,
    UUIDField,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from cs_platform.lib import clock
from nps import numbers, themes
from nps.models import Kind
from nps.numbers import Nps
from nps.queries.answers import MOST_WORDS, Choice, answers
from nps.queries.voices import latest
from nps.themes import Theme

MONTHS = 12


class Place(Func):
    """Between which of some rising instants one falls: 1 is after the first."""

    function = "width_bucket"
    output_field = IntegerField()

    def __init__(self, instant, *, among: list[datetime]):
        super().__init__(
            instant, Value(among, output_field=ArrayField(DateTimeField()))
        )


def by_month(membership, choice: Choice, *, on: date) -> list[tuple[date, Nps]]:
    """Month by month until the last day chosen, each person once a month. One query."""
    months = _months(choice.until)
    year = replace(choice, kind=Kind.NPS, since=months[0], latest=False)
    zone = membership.tenant.timezone
    starts = [clock.start_of(month, zone) for month in months]
    rows = answers(membership, year, on=on).order_by()
    rows = rows.annotate(month=Place("answered_at", among=starts))
    if choice.survey:
        last = rows.filter(pk__in=_ranked(rows))
    else:
        after = Place("again_at", among=starts)
        end = clock.end_of(choice.until, zone)
        is_last = Q(contact=None) | Q(again_at=None) | Q(again_at__gte=end)
        is_last |= ~Q(month=F("next_month"))
        last = rows.annotate(next_month=after).filter(is_last)
    found: dict = defaultdict(Counter)
    counted = last.values("month", "score").annotate(n=Count("pk"))
    for month, score, n in counted.values_list("month", "score", "n"):
        found[months[month - 1]][score] = n
    return [(first, numbers.tally(found[first])) for first in months]


@dataclass(frozen=True)
class Spoken:
    """What words speak of: of how many answers they were read, and how many have some."""

    topics: list[Theme]
    words: list[Theme]
    read: int
    every: int


def spoken(membership, choice: Choice, *, on: date) -> Spoken:
    """Topics and words of the latest answers with words. One query, two of thousands."""
    chosen = latest(membership, replace(choice, words=True), on=on)
    rows = chosen.order_by("-answered_at", "-pk").values_list("score", "comment")
    said = list(rows[:MOST_WORDS])
    every = chosen.count() if len(said) == MOST_WORDS else len(said)
    return Spoken(themes.topics(said), themes.words(said), len(said), every)


def _ranked(rows):
    """Of one survey: the latest answer of each person in each month."""
    who = Coalesce(F("contact"), F("pk"), output_field=UUIDField())
    place = Window(
        RowNumber(),
        partition_by=[F("month"), who],
        order_by=[F("answered_at").desc(), F("pk").desc()],
    )
    return rows.annotate(place=place).filter(place=1).values("pk")


def _months(until: date) -> list[date]:
    """The first days of the twelve months up to that of a day."""
    count = until.year * 12 + until.month - 1
    return [
        date(month // 12, month % 12 + 1, 1)
        for month in range(count - MONTHS + 1, count + 1)
    ]
