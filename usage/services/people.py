"""Rollups of people whose ids were joined or parted, read off the cells again."""

import json
from datetime import date

from django.db import connection

from tenants.scoping import current_tenant_id
from usage.services.identities import Plan
from usage.services.presence import DayPeople, united

_TAKE_USER_DAYS = """
    DELETE FROM usage_userday WHERE tenant_id = %(tenant)s AND user_ref = ANY(%(people)s)
    RETURNING account_id, day, user_ref, slots
"""

# Cells of the days concerned, with what and whom they count for today.
_CELLS = """
    WITH cells AS MATERIALIZED (
        SELECT c.account_id, c.day, coalesce(x.counted_as_id, x.id) AS counted_id,
               coalesce(l.person, c.ref) AS person, c.events
        FROM usage_cell c
        JOIN usage_feature x ON x.tenant_id = c.tenant_id AND x.id = c.feature_id
        LEFT JOIN usage_link l ON l.tenant_id = c.tenant_id AND l.ref = c.ref
        WHERE c.tenant_id = %(tenant)s AND c.ref <> ''
          AND c.account_id = %(account)s AND c.day = ANY(%(days)s)
    ),
"""

_PUT_USER_DAYS = """
    user_days AS (
        INSERT INTO usage_userday (tenant_id, account_id, day, user_ref, events, slots)
        SELECT %(tenant)s, account_id, day, person, sum(events),
               (%(slots)s::jsonb ->> (day || ' ' || person))::bit(288)
        FROM cells
        WHERE person = ANY(%(people)s)
        GROUP BY account_id, day, person ORDER BY account_id, day, person
    ),
    counted AS (
        SELECT account_id, day, counted_id, count(DISTINCT person) AS users FROM cells
        GROUP BY 1, 2, 3
    )
    UPDATE usage_featureday f SET users = c.users FROM counted c
    WHERE f.tenant_id = %(tenant)s AND f.account_id = c.account_id AND f.day = c.day
      AND f.feature_id = c.counted_id AND f.users <> c.users
"""

_LAST_SEEN = """
    UPDATE accounts_account a SET last_seen_on = s.day
    FROM (
        SELECT b.id, (SELECT f.day FROM usage_featureday f
                      WHERE f.tenant_id = b.tenant_id AND f.account_id = b.id
                      ORDER BY f.day DESC LIMIT 1) AS day
        FROM accounts_account b
        WHERE b.tenant_id = %(tenant)s AND b.id = ANY(%(accounts)s::uuid[])
    ) s
    WHERE a.tenant_id = %(tenant)s AND a.id = s.id
      AND a.last_seen_on IS DISTINCT FROM s.day
"""


def count_again(planned: Plan) -> tuple[list, DayPeople]:
    """Read the days of the persons concerned off the cells, as ids mean them now.

    Needs the ledger locked, and links already as they shall be. Returns the accounts
    concerned, and whose slots are not known by that.
    """
    people = planned.people
    if not people:
        return [], set()
    slots, unsettled = united(_rows(_TAKE_USER_DAYS, people=people), planned)
    for account in sorted(slots):
        days = {date.fromisoformat(key.partition(" ")[0]) for key in slots[account]}
        _execute(
            _CELLS + _PUT_USER_DAYS,
            people=people,
            account=str(account),
            days=sorted(days),
            slots=json.dumps(slots[account]),
        )
    return list(slots), unsettled


def mark_last_seen(account_ids) -> None:
    """Copy the last day with usage onto the accounts, locked in the order of ids."""
    ids = [str(pk) for pk in sorted(account_ids)]
    _execute(
        "SELECT 1 FROM accounts_account WHERE tenant_id = %(tenant)s"
        " AND id = ANY(%(accounts)s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        accounts=ids,
    )
    _execute(_LAST_SEEN, accounts=ids)


def _execute(statement, **given):
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": current_tenant_id()} | given)


def _rows(statement, **given):
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": current_tenant_id()} | given)
        return cursor.fetchall()
