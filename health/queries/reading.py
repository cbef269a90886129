"""What was known of many accounts at a moment: a statement for each family of facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from cs_platform.lib import clock
from health.queries.arrivals import facts_heard
from health.queries.families import FAMILIES
from health.queries.moments import Moment, moment, months_before
from health.queries.silence import Heard, heard_of
from health.queries.slices import array_of
from health.scoring.patience import Patience
from health.scoring.reading import Reading, Value
from health.signals import SIGNALS, Column, Lens, Signal, named

__all__ = ["Moment", "moment", "read"]

USUAL = Patience()
# Before any day and any instant there is.
BEGINNING = "-infinity"
YEAR = timedelta(days=365)

Found = dict[UUID, dict[Reading, Value | None]]


def read(
    account_ids: Iterable[UUID],
    readings: Iterable[Reading],
    moment: Moment,
    *,
    patience: Patience = USUAL,
) -> Found:
    """What each account's readings found, as known at a moment; None: nothing known.

    Nothing from after the moment counts. Where the sources that feed an account have
    been silent for longer than said, its usage is read as of when they were last heard
    of, and marked stale (`health.queries.silence`); so are tickets and bills where none
    of anybody's arrived for longer than said.
    """
    pks = list(account_ids)
    columns = read_columns([str(pk) for pk in pks], readings, moment, patience=patience)
    keys = list(columns)
    if not keys:
        return {pk: {} for pk in pks}
    rows = zip(*columns.values(), strict=True)
    return {
        pk: dict(zip(keys, row, strict=True)) for pk, row in zip(pks, rows, strict=True)
    }


def read_columns(
    ids: list[str],
    readings: Iterable[Reading],
    moment: Moment,
    *,
    patience: Patience = USUAL,
) -> dict[Reading, list[Value | None]]:
    """The same, reading by reading, in the order of the ids."""
    readings = list(dict.fromkeys(readings))
    heard = {Heard(None): ids}
    if any(SIGNALS[one.signal].is_usage for one in readings):
        heard = heard_of(ids, moment, hours=patience.hours)
    facts = facts_heard(moment, patience)
    parts = [
        (those, _columns(those, readings, moment, {"usage": when} | facts))
        for when, those in heard.items()
    ]
    if len(parts) == 1:
        return parts[0][1]
    places = {pk: n for n, pk in enumerate(ids)}
    columns: dict[Reading, list[Value | None]] = {
        one: [None] * len(ids) for one in readings
    }
    for those, found in parts:
        for one, values in found.items():
            for pk, value in zip(those, values, strict=True):
                columns[one][places[pk]] = value
    return columns


def _columns(
    ids: list[str], readings: list[Reading], moment: Moment, heard: dict[str, Heard]
) -> dict[Reading, list[Value | None]]:
    """Of accounts whose sources were heard of together."""
    asked = [_Asked(one, moment, heard) for one in readings]
    statements: dict[str, _Statement] = {}
    for one in asked:
        one.places = [
            statements.setdefault(
                column.family, _Statement(column.family, moment, one.lens)
            ).add(column, one)
            for column in one.signal.columns_of(one.lens.settings)
        ]
    facts = {name: one.columns_of(ids) for name, one in statements.items()}
    return {one.reading: one.values(facts) for one in asked}


class _Asked:
    """A reading with where it looks from and where its columns stand."""

    def __init__(self, reading: Reading, moment: Moment, heard: dict[str, Heard]):
        self.reading = reading
        self.signal = SIGNALS[reading.signal]
        self.lens = _lens(self.signal, reading, moment, heard)
        self.places: list[tuple[str, int]] = []

    @property
    def since(self) -> date | None:
        """The first day it needs; None: all of them."""
        first = _first(self.lens)
        return first and first - timedelta(days=self.signal.baseline)

    def values(self, facts) -> list[Value | None]:
        """The same value for all of which the same was found."""
        known: dict[tuple, Value | None] = {}
        values = []
        for row in zip(*(facts[name][n] for name, n in self.places), strict=True):
            if row not in known:
                known[row] = self._value(row)
            values.append(known[row])
        return values

    def _value(self, row: tuple) -> Value | None:
        value = self.signal.value(self.lens, *row)
        if value is None or not self.lens.is_stale:
            return value
        return value._replace(is_stale=True)


def _lens(
    signal: Signal, reading: Reading, moment: Moment, heard: dict[str, Heard]
) -> Lens:
    day, at, zone = moment.day, moment.at, moment.tenant.timezone
    kind = "usage" if signal.is_usage else signal.family
    heard_at, is_stale = heard.get(kind, Heard(None))
    if is_stale and heard_at is not None:
        day, at = clock.day_of(heard_at, zone), heard_at
    settings = {**signal.settings, **dict(reading.settings)}
    return Lens(day, at, zone, reading.window, settings, heard_at, is_stale)


@dataclass
class _Statement:
    """The statement of one family, gathering columns."""

    name: str
    moment: Moment
    lens: Lens
    columns: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    since: date | None = date.max

    def add(self, column: Column, asked: _Asked) -> tuple[str, int]:
        """Where the column will stand; the same one stands there once."""
        since = asked.since
        if self.since is not None:
            self.since = None if since is None else min(self.since, since)
        special = FAMILIES[self.name].special.get(column.sql)
        inner, outer = special or (column.sql, "{}")
        sql = inner.format_map(_Names(self, asked))
        self.columns.setdefault(sql, outer)
        return self.name, list(self.columns).index(sql)

    def bind(self, value: Any) -> str:
        for name, known in self.given.items():
            if known == value and type(known) is type(value):
                return f"%({name})s"
        name = f"p{len(self.given)}"
        self.given[name] = value
        return f"%({name})s"

    def columns_of(self, ids: list[str]) -> list[list[Any]]:
        """What each column found, in the order of the ids."""
        inner = ", ".join(f"{sql} AS c{n}" for n, sql in enumerate(self.columns))
        outer = ", ".join(
            sql.format(f"r.c{n}") for n, sql in enumerate(self.columns.values())
        )
        sql = FAMILIES[self.name].sql.format(columns=inner, outer=outer)
        with connection.cursor() as cursor:
            cursor.execute(sql, self._parameters(ids))
            found = {row[0]: row for row in cursor.fetchall()}
        nothing = (None,) * (len(self.columns) + 1)
        rows = [found.get(pk, nothing) for pk in ids]
        return [[row[n + 1] for row in rows] for n in range(len(self.columns))]

    def _parameters(self, ids: list[str]) -> dict[str, Any]:
        moment, lens = self.moment, self.lens
        return self.given | {
            "tenant": moment.tenant.pk,
            "accounts": array_of(ids),
            "on": moment.day,
            "at": moment.at,
            "half_a_year": months_before(moment.day, 6),
            "since": self.since or BEGINNING,
            # Of the families that only usage signals read: the same for all of them.
            "until": lens.day,
            "known_by": lens.at,
            "year_ago": lens.day - YEAR,
            "zone": lens.zone,
        }


class _Names(dict):
    """What a column's SQL may name, looked up when it does."""

    def __init__(self, statement: _Statement, asked: _Asked):
        super().__init__()
        self.statement, self.lens, self.asked = statement, asked.lens, asked

    def __missing__(self, name: str) -> str:
        if name == "features":
            return _features(self.statement)
        if name == "tenant":
            return "%(tenant)s"
        if name == "currency":
            return self.statement.bind(self.statement.moment.tenant.currency)
        finder = _NAMES.get(name)
        value = finder(self.asked) if finder else self.lens.settings[name]
        return self.statement.bind(BEGINNING if value is None else value)


def _first(lens: Lens) -> date | None:
    if lens.window is None:
        return None
    return lens.day - timedelta(days=lens.window - 1)


def _first_at(lens: Lens) -> datetime | None:
    first = _first(lens)
    return None if first is None else clock.start_of(first, lens.zone)


def _before(asked: _Asked) -> date | None:
    first = _first(asked.lens)
    return first and first - timedelta(days=1)


_NAMES = {
    "on": lambda asked: asked.lens.day,
    "at": lambda asked: asked.lens.at,
    "zone": lambda asked: asked.lens.zone,
    "first": lambda asked: _first(asked.lens),
    "first_at": lambda asked: _first_at(asked.lens),
    "before": _before,
    "base": lambda asked: asked.since,
    "months_before": lambda asked: months_before(
        asked.lens.day, asked.lens.settings["months"]
    ),
}


def _features(statement: _Statement) -> str:
    """The features that anybody had used by then, in SQL.

    Today those are all there are. For a past day we look, once for a moment: that a
    feature was first seen when its events came in says nothing of when they happened.
    """
    moment = statement.moment
    own = named.OWN.format(tenant="%(tenant)s")
    sql = f"SELECT id FROM usage_feature WHERE {own} AND NOT is_hidden"
    if moment.is_today:
        return sql
    if "features" not in moment.kept:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT feature_id::text FROM usage_featureday"
                " WHERE tenant_id = %s AND day <= %s",
                [moment.tenant.pk, moment.day],
            )
            moment.kept["features"] = sorted(pk for (pk,) in cursor.fetchall())
    used = statement.bind(moment.kept["features"])
    return f"{sql} AND id = ANY({used}::uuid[])"
