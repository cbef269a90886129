"""The usage book: cells, and the two rollups read off them, kept exactly true.

Every function here needs the tenant's scope and its Ledger locked (`locked_ledger`):
then nobody else writes these tables. Statements are set-based and sorted, and no set
made in a statement is joined with another, nor with a large table but by its key: the
planner cannot know how large such sets are, and a wrong nested loop is quadratic.
"""

import json
from datetime import date

from django.db import connection
from psycopg2 import sql

from tenants.scoping import current_tenant_id
from usage.models import Ledger
from usage.queries.attribution import FEATURE_NAME, MEANS, SLOT, attributed, parameters

WORK_MEM = "64MB"

# The cells that a set of events makes, with what they count as today. Like events are
# counted before anything is looked up for them; only where no group is named does it
# matter when each happened. Features are looked up in an object made once: there may be
# few, and then the planner reads all of them for each row.
_CHANGE = """
    WITH alike AS MATERIALIZED (
        SELECT (e.occurred_at AT TIME ZONE %(zone)s)::date AS day,
               {feature_name} AS name, e.user_ref, e.anonymous_ref, e.group_ref,
               CASE WHEN e.group_ref = '' OR e.group_ref = ANY(%(strangers)s::text[])
                    THEN e.occurred_at END AS occurred_at,
               count(*) AS n, bit_or({slot}) AS slots
        FROM ({events}) e
        GROUP BY 1, 2, 3, 4, 5, 6
    ),
    features AS MATERIALIZED (
        SELECT jsonb_object_agg(f.name, f.id) AS ids,
               coalesce(jsonb_object_agg(f.id, f.counted_as_id)
                        FILTER (WHERE f.counted_as_id IS NOT NULL), '{{}}') AS merged
        FROM usage_feature f
        WHERE f.tenant_id = %(tenant)s
          AND (f.name = ANY(ARRAY(SELECT DISTINCT name FROM alike)) OR f.name = %(other)s)
    ),
    change AS MATERIALIZED (
        SELECT account_id, day, feature_id, coalesce(merged_id, feature_id) AS counted_id,
               ref, person, is_linked OR merged_id IS NOT NULL AS is_shared, n, slots
        FROM (
            SELECT g.*, ({merged} ->> g.feature_id::text)::uuid AS merged_id
            FROM (
                SELECT e.account_id, e.day,
                       coalesce((SELECT ids FROM features) ->> e.name,
                                (SELECT ids FROM features) ->> %(other)s)::uuid
                         AS feature_id,
                       e.ref, e.person, e.is_linked, sum(e.n)::bigint AS n,
                       bit_or(e.slots) AS slots
                FROM ({attributed}) e
                GROUP BY 1, 2, 3, 4, 5, 6
            ) g OFFSET 0
        ) named
    )
"""

_MERGED = "(SELECT merged FROM features)"

# Other cells in which the same person used the same feature that day, under another id
# or another name: as they stood before this statement.
_SIBLINGS = """
    SELECT count(*) FROM usage_cell c
    JOIN usage_feature x ON x.tenant_id = c.tenant_id AND x.id = c.feature_id
    WHERE c.tenant_id = %(tenant)s AND c.account_id = p.account_id AND c.day = p.day
      AND coalesce(x.counted_as_id, x.id) = p.counted_id
      AND coalesce(({means}), c.ref) = p.person
"""

_ADD = """
    {change},
    cells AS (
        INSERT INTO usage_cell AS c (tenant_id, account_id, day, feature_id, ref, events)
        SELECT %(tenant)s, account_id, day, feature_id, ref, n FROM change
        ORDER BY account_id, day, feature_id, ref
        ON CONFLICT (tenant_id, account_id, day, feature_id, ref)
        DO UPDATE SET events = c.events + excluded.events
        RETURNING account_id, day, feature_id, ref, xmax = 0 AS is_new
    ),
    appeared AS (
        SELECT account_id, day, coalesce(counted_as_id, feature_id) AS counted_id,
               coalesce(means, ref) AS person,
               bool_or(means IS NOT NULL OR counted_as_id IS NOT NULL) AS is_shared
        FROM (
            SELECT c.*, ({means}) AS means,
                   ({merged} ->> c.feature_id::text)::uuid AS counted_as_id
            FROM cells c
            WHERE c.is_new AND c.ref <> '' AND c.account_id <> %(nobody)s OFFSET 0
        ) c
        GROUP BY 1, 2, 3, 4
    ),
    more AS (
        SELECT account_id, day, counted_id, n AS events, 0 AS users FROM change
        UNION ALL
        SELECT account_id, day, counted_id, 0, 1 FROM appeared p
        WHERE NOT p.is_shared OR ({siblings}) = 0
    ),
    feature_days AS (
        INSERT INTO usage_featureday AS f
            (tenant_id, account_id, day, feature_id, events, users)
        SELECT %(tenant)s, account_id, day, counted_id, sum(events), sum(users)
        FROM more WHERE account_id <> %(nobody)s
        GROUP BY account_id, day, counted_id ORDER BY account_id, day, counted_id
        ON CONFLICT (tenant_id, account_id, day, feature_id) DO UPDATE
        SET events = f.events + excluded.events, users = f.users + excluded.users
    ),
    user_days AS (
        INSERT INTO usage_userday AS u
            (tenant_id, account_id, day, user_ref, events, slots)
        SELECT %(tenant)s, account_id, day, person, sum(n), bit_or(slots) FROM change
        WHERE account_id <> %(nobody)s AND ref <> ''
        GROUP BY account_id, day, person ORDER BY account_id, day, person
        ON CONFLICT (tenant_id, account_id, day, user_ref) DO UPDATE
        SET events = u.events + excluded.events, slots = u.slots | excluded.slots
    )
    SELECT coalesce(sum(n), 0)::bigint,
           array_agg(DISTINCT account_id) FILTER (WHERE account_id <> %(nobody)s)
    FROM change
"""

# Into days of which nothing is counted: no row meets another, no person a sibling.
_PUT = """
    {change},
    cells AS (
        INSERT INTO usage_cell (tenant_id, account_id, day, feature_id, ref, events)
        SELECT %(tenant)s, account_id, day, feature_id, ref, n FROM change
        ORDER BY account_id, day, feature_id, ref
    ),
    feature_days AS (
        INSERT INTO usage_featureday
            (tenant_id, account_id, day, feature_id, events, users)
        SELECT %(tenant)s, account_id, day, counted_id, sum(n),
               count(*) FILTER (WHERE person <> '')
        FROM (
            SELECT account_id, day, counted_id, person, sum(n) AS n FROM change
            WHERE account_id <> %(nobody)s GROUP BY 1, 2, 3, 4
        ) p
        GROUP BY account_id, day, counted_id ORDER BY account_id, day, counted_id
    ),
    user_days AS (
        INSERT INTO usage_userday (tenant_id, account_id, day, user_ref, events, slots)
        SELECT %(tenant)s, account_id, day, person, sum(n), bit_or(slots) FROM change
        WHERE account_id <> %(nobody)s AND ref <> ''
        GROUP BY account_id, day, person ORDER BY account_id, day, person
    )
    SELECT coalesce(sum(n), 0)::bigint,
           array_agg(DISTINCT account_id) FILTER (WHERE account_id <> %(nobody)s)
    FROM change
"""

_TAKE = """
    {change},
    gone AS (
        DELETE FROM usage_cell c USING change d
        WHERE c.tenant_id = %(tenant)s AND c.account_id = d.account_id
          AND c.day = d.day AND c.feature_id = d.feature_id AND c.ref = d.ref
          AND c.events <= d.n
        RETURNING d.account_id, d.day, d.counted_id, d.ref, d.person, d.is_shared
    ),
    lessened AS (
        UPDATE usage_cell c SET events = c.events - d.n FROM change d
        WHERE c.tenant_id = %(tenant)s AND c.account_id = d.account_id
          AND c.day = d.day AND c.feature_id = d.feature_id AND c.ref = d.ref
          AND c.events > d.n
    ),
    vanished AS (
        SELECT account_id, day, counted_id, person, bool_or(is_shared) AS is_shared,
               count(*) AS cells
        FROM gone WHERE ref <> '' AND account_id <> %(nobody)s
        GROUP BY 1, 2, 3, 4
    ),
    less AS (
        SELECT account_id, day, counted_id, n, 0 AS users FROM change
        UNION ALL
        SELECT account_id, day, counted_id, 0, 1 FROM vanished p
        WHERE NOT p.is_shared OR ({siblings}) = p.cells
    ),
    less_feature AS MATERIALIZED (
        SELECT account_id, day, counted_id, sum(n) AS n, sum(users) AS users
        FROM less GROUP BY 1, 2, 3
    ),
    feature_gone AS (
        DELETE FROM usage_featureday f USING less_feature d
        WHERE f.tenant_id = %(tenant)s AND f.account_id = d.account_id
          AND f.day = d.day AND f.feature_id = d.counted_id AND f.events <= d.n
    ),
    feature_lessened AS (
        UPDATE usage_featureday f
        SET events = f.events - d.n, users = greatest(f.users - d.users, 0)
        FROM less_feature d
        WHERE f.tenant_id = %(tenant)s AND f.account_id = d.account_id
          AND f.day = d.day AND f.feature_id = d.counted_id AND f.events > d.n
    ),
    less_user AS MATERIALIZED (
        SELECT account_id, day, person, sum(n) AS n FROM change WHERE ref <> ''
        GROUP BY 1, 2, 3
    ),
    user_gone AS (
        DELETE FROM usage_userday u USING less_user d
        WHERE u.tenant_id = %(tenant)s AND u.account_id = d.account_id
          AND u.day = d.day AND u.user_ref = d.person AND u.events <= d.n
    ),
    user_lessened AS (
        UPDATE usage_userday u SET events = u.events - d.n, slots = NULL FROM less_user d
        WHERE u.tenant_id = %(tenant)s AND u.account_id = d.account_id
          AND u.day = d.day AND u.user_ref = d.person AND u.events > d.n
        RETURNING u.day, u.user_ref
    )
    SELECT coalesce(sum(n), 0)::bigint,
           array_agg(DISTINCT account_id) FILTER (WHERE account_id <> %(nobody)s),
           (SELECT jsonb_agg(DISTINCT jsonb_build_array(day, user_ref))
            FROM user_lessened)
    FROM change
"""


def give_room(limit: str) -> None:
    """Let the statements of this transaction take longer ("120s") and sort in memory.

    A claim is larger than a page: measured, a quarter faster with room for its sets.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL statement_timeout TO %s; SET LOCAL work_mem TO %s",
            [limit, WORK_MEM],
        )


def locked_ledger(*, timezone, wait=False) -> Ledger | None:
    """The tenant's ledger, locked until the transaction ends; None when another has it.

    Made on first use. With `wait` it waits for the other instead.
    """
    Ledger.objects.bulk_create([Ledger(timezone=timezone)], ignore_conflicts=True)
    return Ledger.objects.select_for_update(skip_locked=not wait).first()


def add(events: sql.Composable, *, zone: str, **given) -> tuple[int, list]:
    """Count events in, as they are attributed now: (how many, whose accounts)."""
    count, accounts = _change(_ADD, events, zone, given)
    return count, accounts or []


def take(events: sql.Composable, *, zone: str, **given) -> tuple[list, set]:
    """Count events out, as they are attributed now; each was counted in before.

    Returns whose accounts, and the (day, person)s of whom something is left: in which
    slots, only the events can say (`presence.settle`), and until then nobody knows.
    """
    _count, accounts, left = _change(_TAKE, events, zone, given)
    people = {(date.fromisoformat(day), who) for day, who in json.loads(left or "[]")}
    return accounts or [], people


def put(events: sql.Composable, *, zone: str, **given) -> tuple[int, list]:
    """Count events into whole days of which nothing is counted yet."""
    count, accounts = _change(_PUT, events, zone, given)
    return count, accounts or []


def _change(statement, events, zone, given):
    merged, means = sql.SQL(_MERGED), sql.SQL(MEANS).format(ref=sql.SQL("c.ref"))
    change = sql.SQL(_CHANGE).format(
        events=events,
        attributed=attributed(sql.SQL("SELECT * FROM alike")),
        feature_name=FEATURE_NAME,
        merged=merged,
        slot=SLOT,
    )
    query = sql.SQL(statement).format(
        change=change,
        siblings=sql.SQL(_SIBLINGS).format(means=means),
        means=means,
        merged=merged,
    )
    given = {"strangers": []} | given
    with connection.cursor() as cursor:
        # It expects a row where there are 50,000, and would sort them to group them.
        cursor.execute("SET LOCAL enable_sort TO off")
        cursor.execute(query, parameters(current_tenant_id(), zone=zone, **given))
        found = cursor.fetchone()
        cursor.execute("SET LOCAL enable_sort TO on")
    return found
