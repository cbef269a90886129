"""Signs of growth, found in what accounts did and have: a statement for each kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from cs_platform.lib import clock
from renewals import growth
from renewals.models import SignalKind
from tenants.models import Tenant

# Who may be offered something: customers, not those who try or have left.
_SERVED = """
    served AS (
        SELECT id FROM accounts_account WHERE tenant_id = %(tenant)s
            AND archived_at IS NULL AND lifecycle_stage NOT IN ('trial', 'churned')
    ), running AS (
        SELECT account_id, seats, plan FROM accounts_span
        WHERE tenant_id = %(tenant)s AND starts_on <= %(on)s
            AND (ends_on IS NULL OR ends_on > %(on)s) AND NOT is_paused
    ), ranked AS (
        SELECT DISTINCT ON (r.account_id) r.account_id, p.id, p.rank, p.name
        FROM running r
        JOIN renewals_plan p ON p.tenant_id = %(tenant)s
            AND lower(p.name) = lower(r.plan)
        ORDER BY r.account_id, p.rank DESC
    )"""
_SEATS = """
SELECT s.id, '', u.users, h.seats
FROM served s
JOIN (SELECT account_id, sum(seats) AS seats FROM running GROUP BY 1) h
    ON h.account_id = s.id
JOIN (
    SELECT account_id, count(DISTINCT user_ref) AS users FROM usage_userday
    WHERE tenant_id = %(tenant)s AND day > %(month)s AND day <= %(on)s GROUP BY 1
) u ON u.account_id = s.id
WHERE h.seats > 0 AND u.users * 100 >= h.seats * %(nearly)s
"""
_LIMIT = """
SELECT s.id, f.name, coalesce(nullif(f.label, ''), f.name), u.uses, l.uses, r.name
FROM served s
JOIN ranked r ON r.account_id = s.id
JOIN renewals_planlimit l ON l.tenant_id = %(tenant)s AND l.plan_id = r.id
JOIN usage_feature f ON f.tenant_id = %(tenant)s AND f.id = l.feature_id
JOIN (
    SELECT account_id, feature_id, sum(events)::bigint AS uses FROM usage_featureday
    WHERE tenant_id = %(tenant)s AND day > %(month)s AND day <= %(on)s GROUP BY 1, 2
) u ON u.account_id = s.id AND u.feature_id = l.feature_id
WHERE u.uses * 100 >= l.uses::bigint * %(nearly)s
"""
_TEAM = """
SELECT s.id, '', n.users, n.before
FROM served s
JOIN (
    SELECT account_id,
        count(DISTINCT user_ref) FILTER (WHERE day > %(span)s) AS users,
        count(DISTINCT user_ref) FILTER (WHERE day <= %(span)s) AS before
    FROM usage_userday
    WHERE tenant_id = %(tenant)s AND day > %(two_spans)s AND day <= %(on)s GROUP BY 1
) n ON n.account_id = s.id
WHERE n.before > 0 AND n.users - n.before >= %(more)s
    AND n.users * 100 >= n.before * (100 + %(grown)s)
"""
_HIGHER_USE = """
SELECT s.id, f.name, coalesce(nullif(f.label, ''), f.name), u.days, p.name, r.name
FROM served s
JOIN ranked r ON r.account_id = s.id
JOIN (
    SELECT account_id, feature_id, count(*) AS days FROM usage_featureday
    WHERE tenant_id = %(tenant)s AND day > %(span)s AND day <= %(on)s GROUP BY 1, 2
) u ON u.account_id = s.id
JOIN renewals_planfeature pf ON pf.tenant_id = %(tenant)s
    AND pf.feature_id = u.feature_id
JOIN renewals_plan p ON p.tenant_id = %(tenant)s AND p.id = pf.plan_id
    AND p.rank > r.rank
JOIN usage_feature f ON f.tenant_id = %(tenant)s AND f.id = u.feature_id
"""
_HIGHER_ASK = """
SELECT s.id, q.title, q.title, p.name, r.name
FROM served s
JOIN ranked r ON r.account_id = s.id
JOIN accounts_featurevote v ON v.tenant_id = %(tenant)s AND v.account_id = s.id
JOIN accounts_featurerequest q ON q.tenant_id = %(tenant)s AND q.id = v.request_id
    AND q.state <> 'declined'
JOIN renewals_plan p ON p.tenant_id = %(tenant)s
    AND lower(p.name) = lower(q.plan) AND p.rank > r.rank
"""
_PROMOTER = """
SELECT s.id, '', l.score
FROM served s
JOIN (
    SELECT DISTINCT ON (account_id) account_id, score, answered_at FROM nps_response
    WHERE tenant_id = %(tenant)s AND kind = 'nps' AND answered_at < %(until)s
    ORDER BY account_id, answered_at DESC, id DESC
) l ON l.account_id = s.id
WHERE l.score >= %(promoter)s AND l.answered_at >= %(answered)s
"""
# The statement of each kind, and the names of its evidence.
_KINDS = {
    SignalKind.SEATS: (_SEATS, ("users", "seats")),
    SignalKind.LIMIT: (_LIMIT, ("feature", "uses", "limit", "plan")),
    SignalKind.TEAM: (_TEAM, ("users", "before")),
    SignalKind.HIGHER_USE: (_HIGHER_USE, ("feature", "days", "plan", "has")),
    SignalKind.HIGHER_ASK: (_HIGHER_ASK, ("title", "plan", "has")),
    SignalKind.PROMOTER: (_PROMOTER, ("score",)),
}


@dataclass(frozen=True)
class Finding:
    """One sign of growth of one account, as it is on a day."""

    account_id: UUID
    kind: str
    subject: str
    evidence: dict[str, Any]

    @property
    def key(self) -> tuple[UUID, str, str]:
        return (self.account_id, self.kind, self.subject)


def findings(tenant: Tenant, on: date) -> Iterator[Finding]:
    """Every sign of growth of the workspace on a day: one query for each kind."""
    known = _parameters(tenant, on)
    for kind, (statement, names) in _KINDS.items():
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {_SERVED} {statement}", known)  # noqa: S608 (constants)
            for account_id, subject, *values in cursor.fetchall():
                evidence = dict(zip(names, values, strict=True))
                yield Finding(account_id, str(kind), subject[:200], evidence)


def _parameters(tenant, on):
    def ago(days):
        return on - timedelta(days=days)

    return {
        "tenant": tenant.pk,
        "on": on,
        "month": ago(growth.MONTH),
        "span": ago(growth.SPAN),
        "two_spans": ago(2 * growth.SPAN),
        "until": clock.end_of(on, tenant.timezone),
        "answered": clock.start_of(ago(growth.ANSWER_COUNTS), tenant.timezone),
        "nearly": growth.NEARLY_FULL,
        "more": growth.MORE_PEOPLE,
        "grown": growth.GROWN_BY,
        "promoter": growth.PROMOTER,
    }
