"""Pages of a list by the last row seen: as fast on page 190 as on page 0.

Rows are compared as a whole, `(column, id) > (value, last id)`, which an index on
(tenant, column, id) answers from where the page begins. Rows without a value come last,
whichever way the list goes.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import F, IntegerField, Value
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)


class BadCursor(ValueError):
    """The cursor is none of ours, or belongs to a list in another order."""


@dataclass(frozen=True)
class Order:
    """By which column a list goes, and whether a row may have nothing there."""

    column: str
    descending: bool = False
    has_gaps: bool = False

    @property
    def name(self):
        return f"-{self.column}" if self.descending else self.column

    @property
    def expressions(self):
        """For `order_by`, of a list that is not paged: the same order."""
        column = F(self.column)
        if self.descending:
            return column.desc(nulls_last=True), F("id").desc()
        return column.asc(nulls_last=True), F("id").asc()


@dataclass(frozen=True)
class Page:
    """Some rows (dicts), and the cursors of what comes after and before them."""

    rows: list = field(default_factory=list)
    after: str = ""
    before: str = ""


def page_of(queryset, order, *, columns, size, after="", before="") -> Page:
    """One page of `columns` of the queryset, in one query.

    `after` or `before` is a cursor of an earlier page. Raises BadCursor.
    """
    cursor = _read(after or before, order) if after or before else None
    backwards = bool(before) and not after
    parts = _parts(queryset, order, cursor, backwards)
    names = {*columns, order.column, "id"}
    chunks = [
        part.annotate(part=Value(n, IntegerField())).values(*names, "part")[: size + 1]
        for n, part in enumerate(parts)
    ]
    found = chunks[0] if len(chunks) == 1 else chunks[0].union(*chunks[1:], all=True)
    # A union promises no order between its parts, only within them.
    rows = sorted(found, key=lambda row: row["part"])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_after, has_before = (cursor, more) if backwards else (more, cursor)
    return Page(
        rows,
        after=_write(rows[-1], order) if rows and has_after else "",
        before=_write(rows[0], order) if rows and has_before else "",
    )


def address_of(query, *, after="", before="") -> str:
    """A list's address (its GET parameters) from another place; empty without one."""
    if not after and not before:
        return ""
    query = query.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    query.update({"after": after} if after else {"before": before})
    return f"?{query.urlencode()}"


def _parts(queryset, order, cursor, backwards):
    """The rows beyond the cursor: those with a value, those without, as they come."""
    descending = order.descending != backwards
    parts = []
    if cursor is None or cursor[0] is not None or backwards:
        valued = queryset
        if order.has_gaps:
            valued = queryset.filter(**{f"{order.column}__isnull": False})
        if cursor and cursor[0] is not None:
            valued = _beyond(valued, (order.column, "id"), cursor, descending)
        parts.append(_sorted(valued, (order.column, "id"), descending))
    if order.has_gaps and (not backwards or (cursor and cursor[0] is None)):
        empty = queryset.filter(**{f"{order.column}__isnull": True})
        if cursor and cursor[0] is None:
            empty = _beyond(empty, ("id",), cursor[1:], descending)
        parts.append(_sorted(empty, ("id",), descending))
    return parts[::-1] if backwards else parts


def _beyond(queryset, columns, values, descending):
    if len(columns) == 1:
        sign = "lt" if descending else "gt"
        return queryset.filter(**{f"{columns[0]}__{sign}": values[0]})
    lookup = TupleLessThan if descending else TupleGreaterThan
    return queryset.filter(lookup(Tuple(*map(F, columns)), tuple(values)))


def _sorted(queryset, columns, descending):
    sign = "-" if descending else ""
    return queryset.order_by(*(f"{sign}{column}" for column in columns))


def _write(row, order) -> str:
    value = row[order.column]
    kind = next((k for k, t in _KINDS.items() if isinstance(value, t)), "")
    said = [order.name, kind, None if value is None else str(value), str(row["id"])]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _read(text, order):
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        name, kind, value, pk = json.loads(base64.urlsafe_b64decode(padded))
        if name != order.name or (value is None and not order.has_gaps):
            raise BadCursor(text)
        return (None if value is None else _PARSERS[kind](value)), UUID(pk)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        InvalidOperation,
        RecursionError,
        binascii.Error,
    ):
        raise BadCursor(text) from None


# An instant is a day too for Python, so it is asked first.
_KINDS = {"i": int, "m": Decimal, "t": datetime, "d": date, "s": str}
_PARSERS = {
    "i": int,
    "m": Decimal,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "s": str,
}
