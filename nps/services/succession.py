"""Of several answers of one person the latest counts: each knows when the next came."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from accounts.models import Contact
from tenants.scoping import current_tenant_id

STATEMENT = """
UPDATE nps_response AS kept SET again_at = ranked.again_at
FROM (
    SELECT id, lead(answered_at) OVER (
        PARTITION BY contact_id, kind ORDER BY answered_at, id
    ) AS again_at
    FROM nps_response WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(people)s::uuid[])
) AS ranked
WHERE kept.tenant_id = %(tenant)s AND kept.id = ranked.id
    AND kept.again_at IS DISTINCT FROM ranked.again_at
"""


def succeed(contact_ids: Iterable[UUID | None]) -> None:
    """Write down of each answer of these people when the next of its kind came.

    Nobody (None) has no next. Locks the people, or two answers of one that come at once
    would each think to be the last. Belongs into the transaction of the answers; safe to
    repeat.
    """
    people = sorted({one for one in contact_ids if one is not None})
    if not people:
        return
    locked = Contact.objects.filter(pk__in=people).order_by("pk")
    list(locked.select_for_update(no_key=True).values_list("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT, {"tenant": current_tenant_id(), "people": [*map(str, people)]}
        )
