from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL


def is_one_of(column: str, ids: Iterable[Any]) -> RawSQL:
    """Whether a column of uuids is one of many: one array, where `__in` would clean and
    bind each of thousands."""
    texts = [str(pk) for pk in set(ids)]
    return RawSQL(f"{column} = ANY(%s::uuid[])", [texts], BooleanField())  # noqa: S611 (the column stands in the code)
