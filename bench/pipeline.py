"""The board of five thousand open renewals, in process, against one of a hundred.

The budget of a page is 100 ms at the 95th percentile; how much five thousand cost more
than what is drawn anyway is the ratio.
"""

from bench.portfolio import BUDGET, _p95
from bench.stack import in_process

FEW, MANY = 100, 5_000
PAGES = (
    "renewals/",
    "renewals/list/?sort=stage_since",
    "renewals/list/?need=silent",
    "renewals/calendar/",
    "renewals/timeline/",
    "renewals/attention/",
)


def main():
    for name, measured, target in run():
        print(f"{name:<58} {measured:8.2f}  {target}")


def run():
    """Rows of (gate, measured, target)."""
    with in_process():
        return _measure()


def _measure():
    few = _populated("few", FEW)
    many = _populated("many", MANY)
    rows = []
    for path in PAGES:
        small, large = few(path), many(path)
        rows.append((f"/{path}: p95 of {MANY}, ms", large, f"<= {BUDGET}"))
        rows.append((f"/{path}: {MANY} / {FEW}", large / small, "<= 4"))
    return rows


def _populated(slug, number):
    """A workspace with that many open deals; tells the 95th percentile of a page."""
    from django.db import connections  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from tenants.scoping import tenant_scope  # noqa: PLC0415
    from tenants.services import (  # noqa: PLC0415
        add_member,
        create_tenant,
        create_user,
    )

    tenant = create_tenant(slug, name=slug)
    with tenant_scope(tenant.pk):
        lead = create_user(f"lead@{slug}.example", name="Lead")
        add_member(tenant, user=lead, role="lead")
        people = [create_user(f"{n}@{slug}.example", name=f"P{n}") for n in range(10)]
        for person in people:
            add_member(tenant, user=person, role="csm")
        fill(people, number)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(lead)
    return lambda path: _p95(lambda: client.get(f"/t/{slug}/{path}"))


def fill(people, number):
    """That many deals in all stages, with notes, contacts and plans for some."""
    from datetime import timedelta  # noqa: PLC0415

    from accounts.models import Account, Band, Contact, Contract, Note  # noqa: PLC0415
    from cs_platform.lib import clock  # noqa: PLC0415
    from renewals.models import PIPELINE, Renewal  # noqa: PLC0415

    now = clock.now()
    today = clock.day_of(now, "UTC")
    bands = [Band.GREEN, Band.AMBER, Band.RED]
    accounts = Account.objects.bulk_create(
        Account(
            external_id=f"a{n}",
            name=f"Account {n}",
            owner=people[n % len(people)],
            score=n % 101,
            band=bands[n % 3],
        )
        for n in range(number)
    )
    ends = [today + timedelta(days=n % 110 - 10) for n in range(number)]
    contracts = Contract.objects.bulk_create(
        Contract(
            external_id=f"c{n}",
            account=account,
            starts_on=ends[n] - timedelta(days=365),
            ends_on=ends[n],
            mrr=100 + n % 900,
            currency="USD",
        )
        for n, account in enumerate(accounts)
    )
    Renewal.objects.bulk_create(
        Renewal(
            account=contract.account,
            contract=contract,
            ends_on=ends[n],
            decides_on=ends[n],
            entered_on=today,
            stage=PIPELINE[n % 4],
            stage_since=now - timedelta(days=n % 60),
            amount=contract.mrr * 12,
            currency="USD",
            owner=contract.account.owner,
            next_step="Call" if n % 2 else "",
        )
        for n, contract in enumerate(contracts)
    )
    contacts = Contact.objects.bulk_create(
        Contact(external_id=f"p{n}", account=a, name="Boss", roles=["decision_maker"])
        for n, a in enumerate(accounts)
    )
    Note.objects.bulk_create(
        Note(
            account=contact.account,
            kind="call",
            body="x",
            contact=contact,
            happened_at=now - timedelta(days=n % 180),
        )
        for n, contact in enumerate(contacts)
    )


if __name__ == "__main__":
    main()
