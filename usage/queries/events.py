"""Sets of events, as SQL to be attributed, counted or shown."""

from psycopg2 import sql

from usage.queries.attribution import COLUMNS

_CLAIMED = """
    SELECT {columns} FROM usage_event e
    WHERE e.tenant_id = %(tenant)s AND e.batch_id = ANY(%(batches)s::uuid[])
      AND e.occurred_at BETWEEN %(first)s AND %(last)s
"""

# Counted already: not of a batch that still waits, or was set aside.
ROLLED_UP = """
    NOT EXISTS (SELECT 1 FROM usage_ingestbatch b WHERE b.tenant_id = %(tenant)s
                AND b.id = e.batch_id AND b.rolled_up_at IS NULL)
"""

_OF_REFS = """
    SELECT {columns} FROM (VALUES {refs}) a (ref, since)
    JOIN usage_event e ON e.tenant_id = %(tenant)s AND e.{column} = a.ref
     AND e.{column} <> '' AND e.occurred_at >= a.since
    WHERE e.group_ref = '' AND e.kind IN %(kinds)s AND {rolled_up}
"""

_BETWEEN = """
    SELECT {columns} FROM usage_event e
    WHERE e.tenant_id = %(tenant)s AND e.kind IN %(kinds)s
      AND e.occurred_at >= %(first)s AND e.occurred_at < %(last)s AND {rolled_up}
"""


def claimed(columns=COLUMNS) -> sql.Composable:
    """Every message of a claim. Parameters: batches, first, last (occurred_at)."""
    return sql.SQL(_CLAIMED).format(columns=columns)


def claimed_usage() -> sql.Composable:
    """What somebody did, of a claim."""
    return sql.SQL("{} AND e.kind IN %(kinds)s").format(claimed())


def rolled_up_between() -> sql.Composable:
    """What somebody did, and is counted. Parameters: first, last (half open)."""
    return sql.SQL(_BETWEEN).format(columns=COLUMNS, rolled_up=sql.SQL(ROLLED_UP))


def rolled_up_of(since: dict) -> tuple[sql.Composable, dict]:
    """Counted events that name no group, of these ids from these instants on.

    With the parameters it needs.
    """
    given: dict = {}
    rows = []
    for number, (ref, instant) in enumerate(sorted(since.items())):
        given |= {f"ref{number}": ref, f"since{number}": instant}
        rows.append(
            sql.SQL("({}::text, {}::timestamptz)").format(
                sql.Placeholder(f"ref{number}"), sql.Placeholder(f"since{number}")
            )
        )
    parts = [
        sql.SQL(_OF_REFS).format(
            columns=COLUMNS,
            refs=sql.SQL(", ").join(rows),
            column=sql.Identifier(column),
            rolled_up=sql.SQL(ROLLED_UP),
        )
        for column in ("user_ref", "anonymous_ref")
    ]
    return sql.SQL(" UNION ").join(parts), given
