"""What scoring needs to know of many accounts at once: one statement, rollups only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import Max

from cs_platform.lib import clock
from health.scoring import Facts, setting
from tenants.models import Tenant
from usage.models import Source


@dataclass(frozen=True)
class Moment:
    """A day of a tenant and the instant of it that facts are read at.

    For today it is now; for a day that is over, its end. What happened, or was known
    to be paid or solved, only later, does not count.
    """

    tenant: Tenant
    day: date
    at: datetime
    is_today: bool

    def end_of(self, day: date) -> datetime:
        """The last instant of a day that is not in the future."""
        return min(self.at, _end_of(day, self.tenant.timezone))


def moment(tenant: Tenant, on: date, *, now: datetime | None = None) -> Moment:
    """The moment at which a day is scored. Raises ValueError for a day to come."""
    now = now or clock.now()
    today = clock.day_of(now, tenant.timezone)
    if on > today:
        raise ValueError(f"{on} is not here yet: today is {today}")
    if on == today:
        return Moment(tenant, on, now, True)
    return Moment(tenant, on, _end_of(on, tenant.timezone), False)


def usage_heard_at(at: datetime) -> datetime | None:
    """When any source of the tenant last sent an event, as known at that instant."""
    heard = Source.objects.filter(last_event_at__lte=at)
    return heard.aggregate(at=Max("last_event_at"))["at"]


def facts_of(
    account_ids: list[UUID], definition: dict, moment: Moment
) -> dict[UUID, tuple[Facts, int | None]]:
    """The facts of each account, and its score of a week before (None: there is none).

    The week before is the newest snapshot of the seven days that end a week ago, so
    that a day without a score does not hide the direction.
    """
    heard_at = usage_heard_at(moment.at)
    hours = timedelta(hours=definition["usage_stale_after_hours"])
    is_stale = heard_at is not None and moment.at - heard_at > hours
    with connection.cursor() as cursor:
        cursor.execute(FACTS, _parameters(account_ids, definition, moment))
        return {
            row[0]: (_facts(row, moment, heard_at, is_stale), row[-1])
            for row in cursor.fetchall()
        }


def _parameters(account_ids, definition, moment) -> dict:
    on = moment.day
    windows = {one["key"]: one.get("window") for one in definition["measures"]}
    logins = windows.get("login_days") or 30
    seats = windows.get("seat_use") or 30
    months = setting(definition, "payments", "months", 6)
    return {
        "tenant": moment.tenant.pk,
        "accounts": [str(pk) for pk in account_ids],
        "on": on,
        "at": moment.at,
        "logins_from": on - timedelta(days=logins - 1),
        "users_from": on - timedelta(days=seats - 1),
        "bills_after": months_before(on, months),
        "event": setting(definition, "login_days", "event", ""),
        "week_ago": on - timedelta(days=7),
        "two_weeks_ago": on - timedelta(days=13),
    }


def _facts(row, moment: Moment, heard_at, is_stale) -> Facts:
    (_, days, used_on, users, seats, tickets_at, is_open, since, *rest) = row
    nps, nps_at, bills, late, billed_on, _ = rest
    as_of = heard_at
    if used_on is not None and heard_at is None:
        as_of = moment.end_of(used_on)
    return Facts(
        at=moment.at,
        usage_days=None if used_on is None else days,
        active_users=users,
        usage_as_of=as_of,
        is_usage_stale=is_stale,
        seats=seats,
        has_tickets=tickets_at is not None,
        critical_open=is_open,
        critical_since=since,
        tickets_as_of=tickets_at,
        nps=nps,
        nps_at=nps_at,
        bills=bills,
        bills_late=late,
        bills_as_of=None if billed_on is None else moment.end_of(billed_on),
    )


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


@lru_cache(maxsize=4096)
def _end_of(day: date, zone: str) -> datetime:
    return clock.end_of(day, zone).astimezone(UTC) - timedelta(microseconds=1)


# A day counts when anything was used (or the named login event happened) on it. An event
# that was merged since it was named is counted under what it counts as.
# A bill counts when it was settled or came due in the window, or is past due unpaid.
# The accounts are named in every part, so that each is one range of its own index.
FACTS = """
SELECT a.id,
       coalesce(used.days, 0),
       coalesce(used.last_on, (
         SELECT max(day) FROM usage_featureday
          WHERE tenant_id = %(tenant)s AND account_id = a.id AND day <= %(on)s
       )),
       coalesce(people.users, 0),
       bought.seats,
       asked.last_at,
       coalesce(asked.critical_open, 0),
       asked.critical_since,
       answered.score,
       answered.answered_at,
       coalesce(billed.bills, 0),
       coalesce(billed.late, 0),
       billed.last_on,
       was.score
  FROM accounts_account a
  LEFT JOIN (
    SELECT account_id, max(day) AS last_on,
           count(DISTINCT day) FILTER (
             WHERE %(event)s = '' OR feature_id IN (
               SELECT f.id FROM usage_feature f
                 LEFT JOIN usage_feature main ON main.tenant_id = %(tenant)s
                      AND main.id = f.merged_into_id
                WHERE f.tenant_id = %(tenant)s AND %(event)s IN (f.name, main.name)
               UNION ALL
               SELECT counted_as_id FROM usage_feature
                WHERE tenant_id = %(tenant)s AND name = %(event)s
             )
           ) AS days
      FROM usage_featureday
     WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
       AND day BETWEEN %(logins_from)s AND %(on)s
     GROUP BY account_id
  ) AS used ON used.account_id = a.id
  LEFT JOIN (
    SELECT account_id, count(*) AS users
      FROM (
        SELECT DISTINCT account_id, user_ref
          FROM usage_userday
         WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
           AND day BETWEEN %(users_from)s AND %(on)s
      ) AS persons
     GROUP BY account_id
  ) AS people ON people.account_id = a.id
  LEFT JOIN (
    SELECT account_id, sum(seats)::int AS seats
      FROM accounts_contract
     WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
       AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on > %(on)s)
     GROUP BY account_id
  ) AS bought ON bought.account_id = a.id
  LEFT JOIN (
    SELECT account_id,
           max(CASE WHEN solved_at <= %(at)s THEN solved_at ELSE opened_at END)
             AS last_at,
           count(*) FILTER (WHERE is_open)::int AS critical_open,
           min(opened_at) FILTER (WHERE is_open) AS critical_since
      FROM (
        SELECT account_id, opened_at, solved_at,
               severity = 'critical'
               AND (solved_at IS NULL OR solved_at > %(at)s) AS is_open
          FROM accounts_ticket
         WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
           AND opened_at <= %(at)s
      ) AS tickets
     GROUP BY account_id
  ) AS asked ON asked.account_id = a.id
  LEFT JOIN (
    SELECT DISTINCT ON (account_id) account_id, score, answered_at
      FROM nps_response
     WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
       AND kind = 'nps' AND answered_at <= %(at)s
     ORDER BY account_id, answered_at DESC, id DESC
  ) AS answered ON answered.account_id = a.id
  LEFT JOIN (
    SELECT account_id,
           count(*) FILTER (WHERE is_late OR is_on_time)::int AS bills,
           count(*) FILTER (WHERE is_late)::int AS late,
           max(coalesce(paid_on, due_on)) FILTER (WHERE is_late OR is_on_time)
             AS last_on
      FROM (
        SELECT account_id, due_on, paid_on,
               CASE WHEN paid_on IS NULL THEN due_on < %(on)s
                    ELSE paid_on > due_on AND paid_on > %(bills_after)s
               END AS is_late,
               coalesce(paid_on <= due_on AND due_on > %(bills_after)s, false)
                 AS is_on_time
          FROM (
            SELECT account_id, due_on,
                   CASE WHEN paid_on <= %(on)s THEN paid_on END AS paid_on
              FROM accounts_invoice
             WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
               AND issued_on <= %(on)s
          ) AS known
      ) AS judged
     GROUP BY account_id
  ) AS billed ON billed.account_id = a.id
  LEFT JOIN (
    SELECT DISTINCT ON (account_id) account_id, score
      FROM health_snapshot
     WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
       AND day BETWEEN %(two_weeks_ago)s AND %(week_ago)s
     ORDER BY account_id, day DESC
  ) AS was ON was.account_id = a.id
 WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(accounts)s::uuid[])
"""
