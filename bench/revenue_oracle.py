"""MRR of each account on each day, against sums of SQLite that share no code with ours.

`python -m bench.revenue_oracle FILE`: subscriptions as CSV, a row each (subscription_id,
account_id, start_date and end_date as dd-mm-yyyy, plan_tier, seats, mrr_amount,
is_trial). Every day of 2023 and 2024 is compared three times: in the spans of contracts,
in the book that retention is reckoned from, and in the figure kept on the accounts.
"""

import csv
import sqlite3
import sys
import time
from datetime import date, datetime, timedelta
from decimal import Decimal

from bench.stack import in_process

FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
CHUNK = 1000
IN_FORCE = """
SELECT account_id, sum(mrr_amount) FROM subscriptions
WHERE is_trial <> 'TRUE' AND first <= :day AND (last = '' OR last > :day)
GROUP BY account_id HAVING sum(mrr_amount) <> 0
"""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    # Over before it began: in force on no day, and refused by us.
    empty = [row for row in rows if row["end_date"] and _is_empty(row)]
    print(f"{len(empty)} of {len(rows)} end on or before their first day: left out")
    with in_process() as platform:
        sys.exit(0 if _compare(rows, empty, platform.tenant_id) else 1)


def _is_empty(row):
    return _day(row["end_date"]) <= _day(row["start_date"])


def _compare(rows, empty, tenant_id):
    from django.db import connections  # noqa: PLC0415

    from tenants.models import Tenant  # noqa: PLC0415
    from tenants.scoping import tenant_scope  # noqa: PLC0415

    began = time.perf_counter()
    expected = list(_expected(rows))
    with tenant_scope(tenant_id):
        _enter([row for row in rows if row not in empty])
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    with tenant_scope(tenant_id):
        found = {
            "spans": _in_spans(),
            "book": _in_book(Tenant.objects.get(pk=tenant_id)),
            "accounts": _on_accounts(),
        }
    sums = sum(len(day) for day in expected)
    print(
        f"{len(rows)} subscriptions, {len(DAYS)} days, {sums} sums of account and day"
    )
    for name, days in found.items():
        wrong = [
            d for d, was, is_ in zip(DAYS, expected, days, strict=True) if was != is_
        ]
        print(
            f"{name:<10} {len(DAYS) - len(wrong)} days equal, {len(wrong)} not",
            *wrong[:5],
        )
    print(f"{time.perf_counter() - began:.0f} s")
    return sums > 0 and all(days == expected for days in found.values())


def _expected(rows):
    """The other reckoning: what a database that knows nothing of contracts sums up."""
    known = sqlite3.connect(":memory:")
    known.execute(
        "CREATE TABLE subscriptions (account_id, first, last, mrr_amount INTEGER, is_trial)"
    )
    known.executemany(
        "INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?)",
        [
            (r["account_id"], _turned(r["start_date"]), _turned(r["end_date"]),
             round(float(r["mrr_amount"]) * 100), r["is_trial"])
            for r in rows
        ],
    )  # fmt: skip
    for day in DAYS:
        yield {
            account: Decimal(cents) / 100
            for account, cents in known.execute(IN_FORCE, {"day": day.isoformat()})
        }


def _turned(text):
    return "-".join(reversed(text.split("-"))) if text else ""


def _enter(rows):
    """Bring them in as a program would."""
    from accounts.services import ACCOUNTS, CONTRACTS, save_items  # noqa: PLC0415

    names = sorted({row["account_id"] for row in rows})
    accounts = [{"external_id": name, "name": name} for name in names]
    contracts = [
        {
            "external_id": row["subscription_id"],
            "account": row["account_id"],
            "plan": row["plan_tier"],
            "starts_on": _day(row["start_date"]),
            "ends_on": _day(row["end_date"]),
            "mrr": "0" if row["is_trial"] == "TRUE" else row["mrr_amount"],
            "currency": "USD",
            "seats": row["seats"],
        }
        for row in rows
    ]
    for kind, items in ((ACCOUNTS, accounts), (CONTRACTS, contracts)):
        for start in range(0, len(items), CHUNK):
            for change in save_items(kind, items[start : start + CHUNK]):
                if change.errors:
                    sys.exit(f"{change.external_id}: {change.errors}")


def _day(text):
    return datetime.strptime(text, "%d-%m-%Y").date() if text else None  # noqa: DTZ007


def _in_spans():
    from django.db.models import Sum  # noqa: PLC0415

    from accounts.models import Span  # noqa: PLC0415

    for_day = [
        Span.objects.on(day)
        .filter(mrr__gt=0)
        .values_list("account__external_id")
        .annotate(total=Sum("mrr"))
        for day in DAYS
    ]
    return [dict(sums) for sums in for_day]


def _in_book(tenant):
    from accounts.models import Account  # noqa: PLC0415
    from insights.queries.revenue import Scope, book_of  # noqa: PLC0415

    ids = Account.objects.values_list("pk", "external_id")
    names = {str(pk): external_id for pk, external_id in ids}
    book = book_of(Scope(tenant), DAYS)
    return [
        {names[account]: mrr for account, mrr in book.values(day).items()}
        for day in DAYS
    ]


def _on_accounts():
    from accounts.models import Account  # noqa: PLC0415
    from accounts.services import refresh_mrr  # noqa: PLC0415

    found = []
    for day in DAYS:
        refresh_mrr(on=day)
        paying = Account.objects.exclude(mrr=0)
        found.append(dict(paying.values_list("external_id", "mrr")))
    return found


if __name__ == "__main__":
    main()
