"""The pages of a workspace of ten thousand accounts, in process, against their queries.

Ratios are the aims; the milliseconds belong to the machine, and to whatever else it does.
"""

import statistics
import time

from bench.stack import in_process

ACCOUNTS = 10_000
ROUNDS = 30
LAST_PAGE = 190
PAGES = (
    "accounts/",
    "accounts/?q=nova",
    "accounts/?band=red&sort=-mrr",
    "",
    "dashboard/",
)
BUDGET = 100  # milliseconds, the 95th percentile of a page


def main():
    for name, measured, target in run():
        print(f"{name:<58} {measured:8.2f}  {target}")


def run():
    """Rows of (gate, measured, target)."""
    with in_process():
        return _measure()


def _measure():
    from tenants.models import Tenant  # noqa: PLC0415
    from tenants.scoping import tenant_scope  # noqa: PLC0415

    tenant = Tenant.objects.get(slug="bench")
    client, lead = _populated(tenant)
    with tenant_scope(tenant.pk):
        queries, raw = _raw_queries(tenant, lead)
        first, last = _paging()
    view = _seconds(lambda: client.get("/t/bench/accounts/"))
    rows = [
        ("the list / its two queries by a raw cursor", statistics.median(view) / raw, "<= 3"),
        (f"keyset page {LAST_PAGE} / page 0", last / first, "<= 1.15"),
        ("queries for the list, its count and its facets", float(queries), "== 2"),
    ]  # fmt: skip
    return rows + [
        (f"/{path}: p95, ms", _p95(lambda path=path: client.get(f"/t/bench/{path}")), f"<= {BUDGET}")
        for path in PAGES
    ]  # fmt: skip


def _populated(tenant):
    from django.db import connections  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from bench.population import fill  # noqa: PLC0415
    from cs_platform.lib import clock  # noqa: PLC0415
    from tenants.scoping import tenant_scope  # noqa: PLC0415
    from tenants.services import add_member, create_user  # noqa: PLC0415

    with tenant_scope(tenant.pk):
        fill(tenant, accounts=ACCOUNTS, on=clock.day_of(clock.now(), "UTC"))
        lead = create_user("lead@bench.example", name="Lead")
        add_member(tenant, user=lead, role="lead")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(lead)
    return client, lead


def _raw_queries(tenant, lead):
    """How many queries the list and its counts take, and their time by a bare cursor."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from accounts.models import Account  # noqa: PLC0415
    from cs_platform.lib import clock  # noqa: PLC0415
    from insights.forms import PortfolioForm  # noqa: PLC0415
    from insights.queries import portfolio  # noqa: PLC0415

    filters = PortfolioForm({}).cleaned()
    asked = {"viewer": lead, "on": clock.day_of(clock.now(), tenant.timezone)}
    with CaptureQueriesContext(connection) as captured:
        order = portfolio.order_of("name")
        portfolio.rows(Account.objects.all(), filters, order=order, **asked)
        portfolio.facets(Account.objects.all(), filters, **asked)
    statements = [query["sql"] for query in captured]

    def both():
        with connection.cursor() as cursor:
            for statement in statements:
                # Already whole: a percent sign in it is no placeholder.
                cursor.execute(statement.replace("%", "%%"), [])
                cursor.fetchall()

    return len(statements), statistics.median(_seconds(both))


def _paging():
    """The time of the first page by score, and of one far down."""
    from accounts.models import Account  # noqa: PLC0415
    from cs_platform.lib.keyset import page_of  # noqa: PLC0415
    from insights.queries.portfolio import COLUMNS, order_of  # noqa: PLC0415

    def page(after):
        return page_of(
            Account.objects.all(),
            order_of("-score"),
            columns=COLUMNS,
            size=50,
            after=after,
        )

    cursor = ""
    for _ in range(LAST_PAGE):
        cursor = page(cursor).after
    # The first page as the second is asked for: with a cursor, so that both do the same.
    second = page("").after
    pairs = [
        (_one(lambda: page(second)), _one(lambda: page(cursor))) for _ in range(ROUNDS)
    ]
    return tuple(statistics.median(side) for side in zip(*pairs, strict=True))


def _one(action):
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _seconds(action):
    for _ in range(3):
        action()
    return [_one(action) for _ in range(ROUNDS)]


def _p95(action):
    return 1000 * statistics.quantiles(_seconds(action), n=20)[-1]


if __name__ == "__main__":
    main()
