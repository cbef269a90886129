"""Which sources feed an account: so that one that falls silent is missed where it fed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from tenants.scoping import current_tenant_id

_NOTE = """
    INSERT INTO usage_feed (tenant_id, account_id, source_id, month, first_on)
    SELECT %(tenant)s, a.id, %(source)s, date_trunc('month', %(on)s::date)::date, %(on)s
    FROM unnest(%(accounts)s::uuid[]) a (id) ORDER BY a.id
    ON CONFLICT DO NOTHING
"""


def by_source(batches: Iterable[Any]) -> dict[Any, list]:
    """The batches of each source, in an order of their own."""
    found: dict[Any, list] = {}
    for batch in sorted(batches, key=lambda one: str(one.source_id)):
        found.setdefault(batch.source_id, []).append(batch)
    return found


def note_fed(account_ids: Iterable[Any], *, source_id: Any, on: date) -> None:
    """Record that events of a source, received on that day, counted for accounts."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            {
                "tenant": current_tenant_id(),
                "source": str(source_id),
                "on": on,
                "accounts": [str(pk) for pk in account_ids],
            },
        )
