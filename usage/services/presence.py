"""Which slots of a day people were there in, when events move between people.

Slots of one person can be put together; they cannot be taken apart. Whoever keeps only
a part of what was counted is looked up in the raw events again.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from psycopg2 import sql

from tenants.scoping import current_tenant_id
from usage.queries.attribution import COLUMNS, SLOT, attributed, parameters
from usage.queries.events import ROLLED_UP

DayPeople = set[tuple[date, str]]

# Every id of these people on these days. Midnight may be ambiguous, so that the bounds
# only help to find what the day decides.
_EVENTS = """
    SELECT {columns}, a.day FROM (
        SELECT DISTINCT ids.ref, w.day
        FROM unnest(%(days)s::date[], %(people)s::text[]) w (day, person)
        CROSS JOIN LATERAL (
            SELECT w.person AS ref UNION
            SELECT unnest(p.members) FROM usage_link p
            WHERE p.tenant_id = %(tenant)s AND p.ref = w.person
        ) ids
    ) a
    JOIN usage_event e ON e.tenant_id = %(tenant)s AND e.{column} = a.ref
     AND e.{column} <> ''
     AND e.occurred_at >= a.day::timestamp AT TIME ZONE %(zone)s - interval '3 hours'
     AND e.occurred_at < a.day::timestamp AT TIME ZONE %(zone)s + interval '29 hours'
    WHERE (e.occurred_at AT TIME ZONE %(zone)s)::date = a.day
      AND e.kind IN %(kinds)s AND {is_sender} AND {rolled_up}
"""

_SETTLE = """
    UPDATE usage_userday u SET slots = seen.slots
    FROM (
        SELECT e.account_id, e.day, e.person, bit_or({slot}) AS slots
        FROM ({attributed}) e GROUP BY 1, 2, 3
    ) seen
    WHERE u.tenant_id = %(tenant)s AND u.account_id = seen.account_id
      AND u.day = seen.day AND u.user_ref = seen.person
      AND u.slots IS DISTINCT FROM seen.slots
"""


def settle(unsettled: DayPeople, *, zone: str, whole_since: date) -> None:
    """Read the slots of these days of these people off the events that are counted.

    Days before `whole_since` have lost events by age: they stay unknown. Needs the
    ledger locked, and everything else of the claim written down.
    """
    known = sorted(one for one in unsettled if one[0] >= whole_since)
    if not known:
        return
    events = sql.SQL(" UNION ALL ").join(
        sql.SQL(_EVENTS).format(
            columns=COLUMNS,
            column=sql.Identifier(column),
            is_sender=sql.SQL(is_sender),
            rolled_up=sql.SQL(ROLLED_UP),
        )
        for column, is_sender in (
            ("user_ref", "true"),
            ("anonymous_ref", "user_ref = ''"),
        )
    )
    query = sql.SQL(_SETTLE).format(attributed=attributed(events), slot=SLOT)
    days, people = zip(*known, strict=True)
    given = {"days": list(days), "people": list(people), "zone": zone}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters(current_tenant_id(), **given))


def united(rows: Iterable[tuple], planned: Any) -> tuple[dict, DayPeople]:
    """The slots of people whose ids are joined: {account: {"day person": slots}}.

    Rows are (account, day, person as they were, slots). With the days of people of whom
    the events have to be asked, as a part of them became somebody else.
    """
    ends = _ends(planned)
    slots: dict = defaultdict(dict)
    unsettled: DayPeople = set()
    for account, day, person, bits in rows:
        became = ends.get(person) or {planned.after.get(person, person)}
        for one in became:
            key = f"{day.isoformat()} {one}"
            both = (
                _or(slots[account].get(key, bits), bits) if len(became) == 1 else None
            )
            slots[account][key] = both
            if both is None:
                unsettled.add((day, one))
    return slots, unsettled


def _ends(planned):
    """Person before → the persons that their ids mean afterwards."""
    ends = defaultdict(set)
    for ref, person in planned.before.items():
        ends[person].add(planned.after.get(ref, ref))
    return ends


def _or(one, other):
    if one is None or other is None:
        return None
    return format(int(one, 2) | int(other, 2), f"0{len(one)}b")
