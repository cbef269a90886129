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

_ATTRIBUTED = """
    SELECT e.*, coalesce(g.account_id, mu.account_id, ma.account_id, %(nobody)s::uuid)
             AS account_id,
           coalesce(nullif(e.user_ref, ''), e.anonymous_ref) AS ref,
           CASE WHEN e.user_ref <> '' THEN coalesce(lu.person, e.user_ref)
                ELSE coalesce(la.person, e.anonymous_ref) END AS person,
           CASE WHEN e.user_ref <> '' THEN lu.person ELSE la.person END IS NOT NULL
             AS is_linked
    FROM ({events}) e
    LEFT JOIN usage_group g ON g.tenant_id = %(tenant)s AND g.ref = e.group_ref
    LEFT JOIN usage_link lu ON lu.tenant_id = %(tenant)s AND lu.ref = e.user_ref
    LEFT JOIN usage_link la ON la.tenant_id = %(tenant)s AND la.ref = e.anonymous_ref
    LEFT JOIN LATERAL ({of_user}) mu
      ON e.user_ref <> '' AND g.account_id IS NULL
    LEFT JOIN LATERAL ({of_anonymous}) ma
      ON e.anonymous_ref <> '' AND g.account_id IS NULL AND mu.account_id IS NULL
"""


def attributed(events: sql.Composable) -> sql.Composable:
    """The SELECT of these events with account_id, ref, person and is_linked.

    Parameters: tenant, nobody, and those of `events`.
    """
    membership = sql.SQL(_MEMBERSHIP)
    return sql.SQL(_ATTRIBUTED).format(
        events=events,
        of_user=membership.format(person=sql.SQL("coalesce(lu.person, e.user_ref)")),
        of_anonymous=membership.format(
            person=sql.SQL("coalesce(la.person, e.anonymous_ref)")
        ),
    )


def parameters(tenant_id, **more):
    """What every statement over events is given."""
    return {"tenant": tenant_id, "nobody": str(NOBODY), "kinds": USAGE_KINDS} | more
