"""Many values bound as one constant: what is written out as thousands of them is
parsed, typed and planned one by one, which costs more than the work itself."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL


def array_of(values: Iterable[Any]) -> str:
    """An array as Postgres writes it, of ids, numbers and words without punctuation."""
    return "{" + ",".join(["NULL" if v is None else str(v) for v in values]) + "}"


def array_of_texts(texts: Iterable[str]) -> str:
    """The same of any texts."""
    return "{" + ",".join([_quoted(text) for text in texts]) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def is_one_of(column: str, ids: Iterable[Any]) -> RawSQL:
    """Whether a column of uuids is one of many: one array, where `__in` would clean and
    bind each of thousands."""
    return RawSQL(f"{column} = ANY(%s::uuid[])", [array_of(set(ids))], BooleanField())  # noqa: S611 (the column stands in the code)
