"""How what people say goes from month to month, and what they speak of."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    DateTimeField,
    F,
    Func,
    IntegerField,
    UUIDField,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from psycopg2 import sql

from cs_platform.lib import clock
from nps import numbers, themes
from nps.models import Kind
from nps.numbers import Answer, Nps
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
    who = Coalesce(F("contact"), F("pk"), output_field=UUIDField())
    place = Window(
        RowNumber(),
        partition_by=[F("month"), who],
        order_by=[F("answered_at").desc(), F("pk").desc()],
    )
    last = rows.annotate(place=place).filter(place=1).values("month", "score")
    found: dict = defaultdict(Counter)
    for month, score, n in _counted(last):
        found[months[month - 1]][score] = n
    return [(first, numbers.tally(found[first])) for first in months]


@dataclass(frozen=True)
class Spoken:
    """What words speak of, of how many answers that have some."""

    topics: list[Theme]
    words: list[Theme]
    read: int


def spoken(membership, choice: Choice, *, on: date) -> Spoken:
    """Topics and words of the latest answers with words. One query."""
    chosen = latest(membership, replace(choice, words=True), on=on)
    rows = chosen.order_by("-answered_at", "-pk").values_list("score", "comment")
    said = [(Answer(score), comment) for score, comment in rows[:MOST_WORDS]]
    return Spoken(themes.topics(said), themes.words(said), len(said))


def _counted(rows) -> list[tuple]:
    """How many rows there are of each month and score."""
    try:
        text, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    statement = sql.SQL("SELECT month, score, count(*) FROM ({}) AS a GROUP BY 1, 2")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.SQL(text)), parameters)
        return cursor.fetchall()


def _months(until: date) -> list[date]:
    """The first days of the twelve months up to that of a day."""
    count = until.year * 12 + until.month - 1
    return [
        date(month // 12, month % 12 + 1, 1)
        for month in range(count - MONTHS + 1, count + 1)
    ]
