"""Recurring revenue out of contracts: one statement, one row per account and change.

An account that was archived pays nothing from that day on; its past stays as it was.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.models import ExchangeRate
from insights.metrics import Book, Rates, Step
from tenants.models import Tenant

# A span of a contract counts on a day when starts_on <= day < ends_on: it adds its MRR
# at the first of the days that is not before its start, and takes it back at the first
# that is not before its end. One that is paused pays nothing, but its account has not
# left: that is counted beside the money.
STEPS = """
WITH spans AS MATERIALIZED (
    SELECT c.account_id, c.currency, c.mrr, c.is_paused::int AS paused, c.starts_on,
        least(c.ends_on, (a.archived_at AT TIME ZONE %(zone)s)::date) AS ends_on
    FROM accounts_span c
    JOIN accounts_account a ON a.tenant_id = c.tenant_id AND a.id = c.account_id
    WHERE c.tenant_id = %(tenant)s AND (c.mrr > 0 OR c.is_paused) AND c.starts_on <= %(last)s
        AND (%(owner)s IS NULL OR a.owner_id = %(owner)s)
), steps AS (
    SELECT account_id, width_bucket(starts_on - 1, %(days)s::date[]) AS at, currency,
        mrr AS amount, paused, CASE WHEN paused = 0 THEN starts_on END AS came_on,
        NULL::date AS left_on
    FROM spans WHERE ends_on IS NULL OR ends_on > starts_on
    UNION ALL
    SELECT account_id, width_bucket(ends_on - 1, %(days)s::date[]), currency,
        -mrr, -paused, NULL, ends_on
    FROM spans WHERE ends_on > starts_on AND ends_on <= %(last)s
)
SELECT account_id::text, at, currency, sum(amount), min(came_on), max(left_on),
    sum(paused)
FROM steps
GROUP BY account_id, at, currency
ORDER BY account_id, at
"""


@dataclass(frozen=True)
class Scope:
    """Whose revenue: the whole workspace's, or that of one owner's accounts."""

    tenant: Tenant
    owner_id: int | None = None


def rates_of(tenant: Tenant) -> Rates:
    """The exchange rates of the tenant in scope."""
    rows = ExchangeRate.objects.values_list("currency", "valid_from", "rate")
    return Rates(tenant.currency, rows)


def book_of(scope: Scope, days: list[date]) -> Book:
    """The recurring revenue on some days, in order: two queries, whatever the size."""
    with connection.cursor() as cursor:
        cursor.execute(
            STEPS,
            {
                "tenant": scope.tenant.pk,
                "zone": scope.tenant.timezone,
                "owner": scope.owner_id,
                "days": days,
                "last": days[-1],
            },
        )
        steps = [Step(*row) for row in cursor.fetchall()]
    return Book(days, steps, rates_of(scope.tenant))
