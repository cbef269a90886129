"""What identify, alias and group calls change: planned first, so that what was counted
under the old state can be counted out, then written down.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection
from psycopg2 import sql

from tenants.scoping import current_tenant_id
from usage.identity import Link, resolve
from usage.queries.attribution import parameters
from usage.queries.events import claimed

# Before every event: the place of a link that no message told.
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)

_TOLD_LINKS = """
    SELECT DISTINCT ON (ref) ref, means, occurred_at, received_at, message_key FROM (
        SELECT CASE e.kind WHEN 'alias' THEN e.previous_ref ELSE e.anonymous_ref END
                 AS ref,
               e.user_ref AS means, e.occurred_at, e.received_at, e.message_key
        FROM ({claimed}) e WHERE e.kind IN ('identify', 'alias')
    ) told
    WHERE ref <> '' AND means <> '' AND ref <> means
    ORDER BY ref, occurred_at DESC, received_at DESC, message_key DESC
"""

_CHANGED_LINKS = """
    SELECT t.ref, t.means, t.occurred_at, t.received_at, t.message_key
    FROM ({told}) t
    LEFT JOIN usage_link l ON l.tenant_id = %(tenant)s AND l.ref = t.ref
    WHERE l.ref IS NULL OR l.means <> t.means
      AND (t.occurred_at, t.received_at, t.message_key)
        > (l.occurred_at, l.received_at, l.message_key)
"""

_TOLD_MEMBERSHIPS = """
    SELECT coalesce(nullif(e.user_ref, ''), e.anonymous_ref) AS ref, g.account_id,
           e.occurred_at, e.received_at, e.message_key
    FROM ({claimed}) e
    JOIN usage_group g ON g.tenant_id = %(tenant)s AND g.ref = e.group_ref
    WHERE e.kind = 'group' AND (e.user_ref <> '' OR e.anonymous_ref <> '')
"""

# Group calls that say something new about somebody: not what was valid then anyway.
_NEW_MEMBERSHIPS = """
    SELECT t.ref, min(t.occurred_at) FROM ({told}) t
    LEFT JOIN usage_link l ON l.tenant_id = %(tenant)s AND l.ref = t.ref
    LEFT JOIN LATERAL (
        SELECT m.account_id FROM usage_membership m
        WHERE m.tenant_id = %(tenant)s AND m.person = coalesce(l.person, t.ref)
          AND m.occurred_at <= t.occurred_at
        ORDER BY m.occurred_at DESC, m.received_at DESC, m.message_key DESC LIMIT 1
    ) valid ON true
    WHERE valid.account_id IS DISTINCT FROM t.account_id
    GROUP BY t.ref
"""

# Every id of the persons that these ids mean.
_CLASSES = """
    SELECT o.ref, o.means, o.person, o.occurred_at, o.received_at, o.message_key
    FROM usage_link o WHERE o.tenant_id = %(tenant)s AND o.ref = ANY(ARRAY(
        SELECT DISTINCT unnest(p.members) FROM usage_link l
        JOIN usage_link p ON p.tenant_id = l.tenant_id AND p.ref = l.person
        WHERE l.tenant_id = %(tenant)s AND l.ref = ANY(%(refs)s::text[])))
"""

_FIRST_MEMBERSHIPS = """
    SELECT ref, min(occurred_at) FROM (
        SELECT ref, occurred_at FROM usage_membership
        WHERE tenant_id = %(tenant)s AND person = ANY(%(people)s::text[])
        UNION ALL SELECT ref, occurred_at FROM ({told}) t
    ) m WHERE ref = ANY(%(refs)s::text[]) GROUP BY ref
"""


@dataclass(frozen=True)
class Plan:
    """What will change: who is who, and whose events from when on."""

    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    # id → the instant from which its counted events may belong elsewhere
    since: dict[str, datetime] = field(default_factory=dict)

    @property
    def moved(self) -> dict[str, str]:
        """The ids that mean another person from now on."""
        return {
            ref: person
            for ref, person in self.after.items()
            if self.before.get(ref, ref) != person
        }

    @property
    def people(self) -> list[str]:
        """The persons who gain or lose an id."""
        gained = set(self.moved.values())
        return sorted(gained | {self.before.get(ref, ref) for ref in self.moved})


def plan(claim: dict) -> Plan:
    """What the identify, alias and group calls of a claim will change."""
    changed = _rows(_CHANGED_LINKS, claim, told=_told(_TOLD_LINKS))
    memberships = dict(_rows(_NEW_MEMBERSHIPS, claim, told=_told(_TOLD_MEMBERSHIPS)))
    mentioned = {row[0] for row in changed} | {row[1] for row in changed}
    rows = _rows(_CLASSES, {"refs": sorted(mentioned | set(memberships))})
    before = {row[0]: row[2] for row in rows}
    links = {row[0]: Link(row[0], row[1], row[3:]) for row in rows}
    links |= {row[0]: Link(row[0], row[1], row[2:]) for row in changed}
    after = {ref: ref for ref in before} | resolve(links.values()) if changed else {}
    who = Plan(before, after)
    return Plan(before, after, _since(who, memberships, claim))


def write_down(planned: Plan, claim: dict) -> None:
    """Record the links and memberships told in the claim. Twice changes nothing."""
    _execute(
        """
        INSERT INTO usage_link AS l
            (tenant_id, ref, means, person, members, occurred_at, received_at,
             message_key)
        SELECT %(tenant)s, t.ref, t.means, t.means, '{{}}', t.occurred_at,
               t.received_at, t.message_key
        FROM ({told}) t ORDER BY t.ref
        ON CONFLICT (tenant_id, ref) DO UPDATE
        SET means = excluded.means, occurred_at = excluded.occurred_at,
            received_at = excluded.received_at, message_key = excluded.message_key
        WHERE (excluded.occurred_at, excluded.received_at, excluded.message_key)
            > (l.occurred_at, l.received_at, l.message_key)
        """,
        claim,
        told=_told(_TOLD_LINKS),
    )
    _write_persons(planned)
    _execute(
        """
        INSERT INTO usage_membership (tenant_id, ref, person, account_id, occurred_at,
                                      received_at, message_key)
        SELECT %(tenant)s, t.ref, coalesce(l.person, t.ref), t.account_id,
               t.occurred_at, t.received_at, t.message_key
        FROM ({told}) t
        LEFT JOIN usage_link l ON l.tenant_id = %(tenant)s AND l.ref = t.ref
        ORDER BY t.ref, t.occurred_at, t.message_key
        ON CONFLICT DO NOTHING
        """,
        claim,
        told=_told(_TOLD_MEMBERSHIPS),
    )


def _write_persons(planned):
    members = defaultdict(list)
    for ref, person in sorted(planned.after.items()):
        members[person].append(ref)
    for ref, person in sorted(planned.after.items()):
        _execute(
            """
            INSERT INTO usage_link AS l (tenant_id, ref, means, person, members,
                                         occurred_at, received_at, message_key)
            VALUES (%(tenant)s, %(ref)s, %(ref)s, %(person)s, %(members)s::text[],
                    %(beginning)s, %(beginning)s, %(nobody)s)
            ON CONFLICT (tenant_id, ref) DO UPDATE
            SET person = excluded.person, members = excluded.members
            """,
            {
                "ref": ref,
                "person": person,
                "members": members[ref],
                "beginning": BEGINNING,
            },
        )
    for ref, person in sorted(planned.moved.items()):
        _execute(
            "UPDATE usage_membership SET person = %(person)s"
            " WHERE tenant_id = %(tenant)s AND person = %(before)s AND ref = %(ref)s",
            {"ref": ref, "person": person, "before": planned.before.get(ref, ref)},
        )


def _since(who, memberships, claim):
    """The ids whose counted events may change their account, and from when on."""
    since = dict(memberships)
    if who.moved:
        told = _told(_TOLD_MEMBERSHIPS)
        given = claim | {"refs": sorted(who.moved), "people": who.people}
        for ref, instant in _rows(_FIRST_MEMBERSHIPS, given, told=told):
            since[ref] = min(instant, since.get(ref, instant))
    members = _members(who)
    spread: dict[str, datetime] = {}
    for ref, instant in since.items():
        for person in (who.before.get(ref, ref), who.after.get(ref, ref)):
            for other in members[person] | {ref, person}:
                spread[other] = min(instant, spread.get(other, instant))
    return spread | dict.fromkeys(who.moved, BEGINNING)


def _members(who):
    """Person → every id that means them, before or after."""
    members = defaultdict(set)
    for mapping in (who.before, who.after):
        for ref, person in mapping.items():
            members[person].add(ref)
    return members


def _told(statement):
    columns = sql.SQL(
        "e.kind, e.user_ref, e.anonymous_ref, e.previous_ref, e.group_ref,"
        " e.occurred_at, e.received_at, e.message_key"
    )
    return sql.SQL(statement).format(claimed=claimed(columns))


def _execute(statement, given, **parts):
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(statement).format(**parts),
            parameters(current_tenant_id(), **given),
        )


def _rows(statement, given, **parts):
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(statement).format(**parts),
            parameters(current_tenant_id(), **given),
        )
        return cursor.fetchall()
