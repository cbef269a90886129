"""How accounts used the product up to a day: roll-ups only, one statement."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from health.learning.traits import Habits
from health.queries.moments import Moment
from health.queries.slices import array_of
from tenants.models import Tenant


def habits_of(account_ids: Iterable[UUID], moment: Moment) -> dict[UUID, Habits]:
    """The habits of each account of the tenant; nothing after the day counts.

    An account that was never used has the habits of none.
    """
    on = moment.day
    given: dict[str, Any] = {
        "tenant": moment.tenant.pk,
        "accounts": array_of(account_ids),
        "on": on,
    } | {
        f"d{days}": on - timedelta(days=days) for days in (7, 30, 84, 90, 180, 360, 365)
    }
    with connection.cursor() as cursor:
        cursor.execute(HABITS, given)
        return {row[0]: _habits(row[1:], on) for row in cursor.fetchall()}


def first_known(tenant: Tenant) -> date | None:
    """The first day of which anything is known that can be lost: use or a contract."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST, {"tenant": tenant.pk})
        return cursor.fetchone()[0]


def _habits(row, on) -> Habits:
    *counts, first_on, last_on = row
    since = [None if day is None else (on - day).days for day in (last_on, first_on)]
    return Habits(*(int(count or 0) for count in counts), *since)


# A person (or feature) was there in a window when its last day before the moment lies
# in it: so each is counted once, in one pass, for every window.
HABITS = """
SELECT a.id,
       used.days_7, used.days_30, used.days_90, used.days_180, used.days_365,
       used.weeks_12, used.months_12, used.events_90,
       people.people_30, people.people_90, people.people_180,
       depth.features_90, depth.features_180,
       (SELECT min(day) FROM usage_featureday
         WHERE tenant_id = %(tenant)s AND account_id = a.id AND day <= %(on)s),
       (SELECT max(day) FROM usage_featureday
         WHERE tenant_id = %(tenant)s AND account_id = a.id AND day <= %(on)s)
  FROM accounts_account a
  LEFT JOIN (
    SELECT account_id,
           count(*) FILTER (WHERE day > %(d7)s) AS days_7,
           count(*) FILTER (WHERE day > %(d30)s) AS days_30,
           count(*) FILTER (WHERE day > %(d90)s) AS days_90,
           count(*) FILTER (WHERE day > %(d180)s) AS days_180,
           count(*) AS days_365,
           count(DISTINCT (%(on)s - day) / 7) FILTER (WHERE day > %(d84)s) AS weeks_12,
           count(DISTINCT (%(on)s - day) / 30) FILTER (WHERE day > %(d360)s)
             AS months_12,
           sum(events) FILTER (WHERE day > %(d90)s) AS events_90
      FROM (
        SELECT account_id, day, sum(events) AS events
          FROM usage_featureday
         WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
           AND day > %(d365)s AND day <= %(on)s
         GROUP BY account_id, day
      ) AS days
     GROUP BY account_id
  ) AS used ON used.account_id = a.id
  LEFT JOIN (
    SELECT account_id,
           count(*) FILTER (WHERE last_on > %(d30)s) AS people_30,
           count(*) FILTER (WHERE last_on > %(d90)s) AS people_90,
           count(*) AS people_180
      FROM (
        SELECT account_id, user_ref, max(day) AS last_on
          FROM usage_userday
         WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
           AND day > %(d180)s AND day <= %(on)s
         GROUP BY account_id, user_ref
      ) AS persons
     GROUP BY account_id
  ) AS people ON people.account_id = a.id
  LEFT JOIN (
    SELECT account_id,
           count(*) FILTER (WHERE last_on > %(d90)s) AS features_90,
           count(*) AS features_180
      FROM (
        SELECT account_id, feature_id, max(day) AS last_on
          FROM usage_featureday
         WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
           AND day > %(d180)s AND day <= %(on)s
         GROUP BY account_id, feature_id
      ) AS features
     GROUP BY account_id
  ) AS depth ON depth.account_id = a.id
 WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(accounts)s::uuid[])
"""
# The first day of each account is one look into its index.
FIRST = """
SELECT least(
  (SELECT min(starts_on) FROM accounts_contract WHERE tenant_id = %(tenant)s),
  (SELECT min(used.day)
     FROM accounts_account a
    CROSS JOIN LATERAL (
      SELECT day FROM usage_featureday
       WHERE tenant_id = %(tenant)s AND account_id = a.id
       ORDER BY day LIMIT 1
    ) AS used
    WHERE a.tenant_id = %(tenant)s)
)
"""
