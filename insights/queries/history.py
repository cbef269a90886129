"""Recurring revenue month by month, remembered for as long as its facts are the same."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from insights.metrics import Cohort, Movements, Window, month_windows, year_windows
from insights.queries.revenue import Scope, book_of

MONTHS = 12
KEPT_SECONDS = 60 * 60 * 24
# All that the figures stand on: when a byte of it changes, the old figures are not
# found any more. So what is remembered is never older than its facts.
FINGERPRINT = """
SELECT
    (SELECT concat(count(*), ':', sum(hash_record_extended(
        row(account_id, currency, mrr, starts_on, ends_on), 0)))
     FROM accounts_contract WHERE tenant_id = %(tenant)s),
    (SELECT concat(count(*), ':', sum(hash_record_extended(
        row(contract_id, effective_on, was_mrr), 0)))
     FROM accounts_contractchange WHERE tenant_id = %(tenant)s),
    (SELECT concat(count(*), ':', sum(hash_record_extended(
        row(contract_id, starts_on, resumes_on), 0)))
     FROM accounts_contractpause WHERE tenant_id = %(tenant)s),
    (SELECT concat(count(*), ':', sum(hash_record_extended(
        row(currency, rate, valid_from), 0)))
     FROM accounts_exchangerate WHERE tenant_id = %(tenant)s),
    (SELECT concat(count(*), ':', sum(hash_record_extended(row(id, archived_at), 0)))
     FROM accounts_account WHERE tenant_id = %(tenant)s AND archived_at IS NOT NULL)
"""


@dataclass(frozen=True)
class Month:
    """A month, and the twelve months that end with it."""

    window: Window
    movements: Movements
    cohort: Cohort
    year_window: Window
    year: Cohort


@dataclass(frozen=True)
class History:
    """The last twelve months, the running one last."""

    months: list[Month]
    unpriced: dict[str, int]


def history(scope: Scope, on: date) -> History:
    """Read from contracts, or remembered when nothing of them changed since.

    Only the whole workspace's is remembered: one person's accounts are few, and change
    hands. Without the cache it is reckoned again each time.
    """
    months, years = month_windows(on, MONTHS), year_windows(on, MONTHS)
    if scope.owner_id is not None:
        return _reckoned(scope, months, years)
    key = f"revenue:{scope.tenant.pk}:{_fingerprint(scope, on)}"
    try:
        known = cache.get(key)
        if known is None:
            found = _reckoned(scope, months, years)
            cache.set(key, _written(found), KEPT_SECONDS)
            return found
        return _read(known, months, years)
    except RedisError:
        return _reckoned(scope, months, years)


def _fingerprint(scope, on):
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT, {"tenant": scope.tenant.pk})
        facts = cursor.fetchone()
    tenant = scope.tenant
    return ":".join([on.isoformat(), tenant.currency, tenant.timezone, *facts])


def _reckoned(scope, months, years) -> History:
    days = sorted({day for w in [*months, *years] for day in (w.opening, w.closing)})
    book = book_of(scope, days)
    return History(
        [
            Month(
                month,
                book.movements(month).rounded(),
                book.cohort(month),
                year,
                book.cohort(year),
            )
            for month, year in zip(months, years, strict=True)
        ],
        book.unpriced,
    )


def _written(found: History) -> str:
    months = [
        [asdict(part) for part in (month.movements, month.cohort, month.year)]
        for month in found.months
    ]
    return json.dumps([months, found.unpriced], default=str)


def _read(text, months, years) -> History:
    parts, unpriced = json.loads(text)
    return History(
        [
            Month(
                month,
                Movements(**_decimals(moved)),
                Cohort(**_decimals(cohort)),
                year,
                Cohort(**_decimals(in_year)),
            )
            for month, year, (moved, cohort, in_year) in zip(
                months, years, parts, strict=True
            )
        ],
        unpriced,
    )


def _decimals(values):
    return {k: Decimal(v) if isinstance(v, str) else v for k, v in values.items()}
