"""Whether the rollups are what the raw events say: asked of the database, slowly."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection
from psycopg2 import sql

from tenants.scoping import current_tenant_id
from usage.queries.attribution import FEATURE_NAME, MEANS, SLOT, attributed, parameters
from usage.queries.events import rolled_up_between

# Everything there can be; a late event may be of any year.
FIRST = datetime(1, 1, 2, tzinfo=UTC)
LAST = datetime(9999, 12, 30, tzinfo=UTC)

# It reads everything: no page asks it.
TIMEOUT = "600s"

_CELLS = """
    SELECT count(*) FROM (
        SELECT n.account_id, n.day, n.ref, sum(n.events) AS events,
               coalesce((SELECT f.id FROM usage_feature f
                         WHERE f.tenant_id = %(tenant)s AND f.name = n.name),
                        (SELECT f.id FROM usage_feature f
                         WHERE f.tenant_id = %(tenant)s AND f.name = %(other)s))
                 AS feature_id
        FROM (
            SELECT e.account_id, (e.occurred_at AT TIME ZONE %(zone)s)::date AS day,
                   {feature_name} AS name, e.ref, count(*) AS events
            FROM ({attributed}) e GROUP BY 1, 2, 3, 4
        ) n GROUP BY 1, 2, 3, 5
    ) r FULL JOIN (
        SELECT account_id, day, feature_id, ref, events FROM usage_cell
        WHERE tenant_id = %(tenant)s
    ) c USING (account_id, day, feature_id, ref)
    WHERE r.events IS DISTINCT FROM c.events AND day >= %(since)s
"""

_COUNTED = """
    WITH counted AS (
        SELECT c.account_id, c.day,
               coalesce((SELECT x.counted_as_id FROM usage_feature x
                         WHERE x.tenant_id = c.tenant_id AND x.id = c.feature_id),
                        c.feature_id) AS feature_id,
               coalesce(({means}), c.ref) AS person, c.ref <> '' AS is_known, c.events
        FROM usage_cell c
        WHERE c.tenant_id = %(tenant)s AND c.account_id <> %(nobody)s
    )
"""

_FEATURE_DAYS = """
    SELECT count(*) FROM (
        SELECT account_id, day, feature_id, sum(events) AS events,
               count(DISTINCT person) FILTER (WHERE is_known) AS users
        FROM counted GROUP BY 1, 2, 3
    ) r FULL JOIN (
        SELECT account_id, day, feature_id, events, users FROM usage_featureday
        WHERE tenant_id = %(tenant)s
    ) f USING (account_id, day, feature_id)
    WHERE (r.events, r.users) IS DISTINCT FROM (f.events, f.users)
"""

_USER_DAYS = """
    SELECT count(*) FROM (
        SELECT account_id, day, person AS user_ref, sum(events) AS events
        FROM counted WHERE is_known GROUP BY 1, 2, 3
    ) r FULL JOIN (
        SELECT account_id, day, user_ref, events FROM usage_userday
        WHERE tenant_id = %(tenant)s
    ) u USING (account_id, day, user_ref)
    WHERE r.events IS DISTINCT FROM u.events
"""

# Slots that are said to be known, of days whose events are all kept.
_SLOTS = """
    SELECT count(*) FROM usage_userday u LEFT JOIN (
        SELECT e.account_id, (e.occurred_at AT TIME ZONE %(zone)s)::date AS day,
               e.person, bit_or({slot}) AS slots
        FROM ({attributed}) e WHERE e.person <> '' GROUP BY 1, 2, 3
    ) r ON r.account_id = u.account_id AND r.day = u.day AND r.person = u.user_ref
    WHERE u.tenant_id = %(tenant)s AND u.day >= %(since)s AND u.slots <> r.slots
"""


@dataclass(frozen=True)
class Differences:
    """How many rows are not what they should be."""

    cells: int
    feature_days: int
    user_days: int
    slots: int = 0

    def __str__(self):
        return (
            f"{self.cells} cells, {self.feature_days} feature days,"
            f" {self.user_days} user days and the slots of {self.slots} differ"
        )


def differences(timezone: str, *, since: date | None = None) -> Differences:
    """Compare cells with raw events (from a day on), and both rollups with the cells.

    Slots are compared with raw events as well, where they are known.
    """
    cells = sql.SQL(_CELLS).format(
        attributed=attributed(rolled_up_between()), feature_name=FEATURE_NAME
    )
    slots = sql.SQL(_SLOTS).format(
        attributed=attributed(rolled_up_between()), slot=SLOT
    )
    means = sql.SQL(MEANS).format(ref=sql.SQL("c.ref"))
    given = {"zone": timezone, "since": since or date.min, "first": FIRST, "last": LAST}
    return Differences(
        _count(cells, given),
        _count(sql.SQL(_COUNTED + _FEATURE_DAYS).format(means=means), given),
        _count(sql.SQL(_COUNTED + _USER_DAYS).format(means=means), given),
        _count(slots, given),
    )


def _count(query, given) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout TO %s", [TIMEOUT])
        cursor.execute(query, parameters(current_tenant_id(), **given))
        return cursor.fetchone()[0]
