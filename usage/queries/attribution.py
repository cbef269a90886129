"""Whose event it is: one definition, in SQL, for the roll-up and for the screens.

groupId → the membership of the user at that time → that of the anonymous id → nobody.
It is a function of what messages told us (Group, Link, Membership), so an event is
never written to; when a later message explains it, it is asked again.
"""

from psycopg2 import sql

from usage.models import NOBODY

# What somebody did; identify, group and alias only tell who they are.
USAGE_KINDS = ("track", "page", "screen")

FEATURE_NAME = sql.SQL("left(coalesce(nullif(btrim(e.name), ''), e.kind), 200)")

# The five minutes of its day an event is in, as a bit of `UserDay.slots`.
SLOT = sql.SQL(
    "set_bit(0::bit(288), floor(date_part('epoch',"
    " (e.occurred_at AT TIME ZONE %(zone)s)::time) / 300)::int, 1)"
)

# Counts what came after the last feature there was room for (`services.discovery`).
OTHER = "(other)"

# What a set of events must have to be attributed.
COLUMNS = sql.SQL(
    "e.occurred_at, e.message_key, e.kind, e.name, e.user_ref, e.anonymous_ref,"
    " e.group_ref"
)

_MEMBERSHIP = """
    SELECT m.account_id FROM usage_membership m
    WHERE m.tenant_id = %(tenant)s AND m.person = {person}
      AND m.occurred_at <= e.occurred_at
    ORDER BY m.occurred_at DESC, m.received_at DESC, m.message_key DESC LIMIT 1
"""

# Looked up row by row, by the whole key: joins would be planned without statistics for
# tables that a first import fills, and end as nested loops over all of them.
_ATTRIBUTED = """
    SELECT e.*, coalesce(
             e.told_account_id,
             CASE WHEN e.user_ref <> '' THEN ({of_user}) END,
             CASE WHEN e.anonymous_ref <> '' THEN ({of_anonymous}) END,
             %(nobody)s::uuid) AS account_id,
           coalesce(nullif(e.user_ref, ''), e.anonymous_ref) AS ref,
           CASE WHEN e.user_ref <> '' THEN coalesce(e.user_means, e.user_ref)
                ELSE coalesce(e.anonymous_means, e.anonymous_ref) END AS person,
           CASE WHEN e.user_ref <> '' THEN e.user_means ELSE e.anonymous_means END
             IS NOT NULL AS is_linked
    FROM (
        SELECT e.*,
               CASE WHEN e.group_ref <> '' THEN (
                   SELECT g.account_id FROM usage_group g
                   WHERE g.tenant_id = %(tenant)s AND g.ref = e.group_ref
               ) END AS told_account_id,
               CASE WHEN e.user_ref <> '' THEN ({user_means}) END AS user_means,
               CASE WHEN e.anonymous_ref <> '' THEN ({anonymous_means}) END
                 AS anonymous_means
        FROM ({events}) e OFFSET 0
    ) e
"""

# The person an id means, or null where no link says so.
MEANS = """
    SELECT l.person FROM usage_link l
    WHERE l.tenant_id = %(tenant)s AND l.ref = {ref}
"""


def attributed(events: sql.Composable) -> sql.Composable:
    """The SELECT of these events with account_id, ref, person and is_linked.

    Parameters: tenant, nobody, and those of `events`.
    """
    membership, means = sql.SQL(_MEMBERSHIP), sql.SQL(MEANS)
    return sql.SQL(_ATTRIBUTED).format(
        events=events,
        of_user=membership.format(person=sql.SQL("coalesce(e.user_means, e.user_ref)")),
        of_anonymous=membership.format(
            person=sql.SQL("coalesce(e.anonymous_means, e.anonymous_ref)")
        ),
        user_means=means.format(ref=sql.SQL("e.user_ref")),
        anonymous_means=means.format(ref=sql.SQL("e.anonymous_ref")),
    )


def parameters(tenant_id, **more):
    """What every statement over events is given."""
    return {
        "tenant": tenant_id,
        "nobody": str(NOBODY),
        "kinds": USAGE_KINDS,
        "other": OTHER,
    } | more
