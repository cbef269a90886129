"""Many writers of the same facts at once: nobody waits in a circle, the last one wins."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from accounts.models import Account, Contract
from accounts.services import ACCOUNTS, CONTRACTS, save_items
from tenants.models import AuditEntry, Tenant
from tenants.scoping import tenant_scope

WRITERS, ITEMS, ROUNDS = 8, 60, 3


@pytest.mark.slow
def test_overlapping_batches_in_any_order_end_without_a_deadlock(committed):
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    accounts = [{"external_id": f"a{n}", "name": f"A {n}"} for n in range(ITEMS)]
    contracts = [
        {
            "external_id": f"c{n}",
            "account": f"a{n % 7}",
            "starts_on": "2020-01-01",
            "mrr": "1",
            "currency": "USD",
        }
        for n in range(ITEMS)
    ]
    with tenant_scope(tenant.pk):
        save_items(ACCOUNTS, accounts[:10])

    def write(number):
        chance = random.Random(number)
        statuses = []
        try:
            for turn in range(ROUNDS):
                for kind, items in ((ACCOUNTS, accounts), (CONTRACTS, contracts)):
                    mine = [
                        item
                        | ({"name": f"{number}.{turn}"} if kind is ACCOUNTS else {})
                        for item in items
                    ]
                    chance.shuffle(mine)
                    with tenant_scope(tenant.pk):
                        statuses += [c.status for c in save_items(kind, mine)]
        finally:
            connections.close_all()
        return statuses

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = [
            status for found in pool.map(write, range(WRITERS)) for status in found
        ]

    assert len(statuses) == WRITERS * ROUNDS * ITEMS * 2
    assert set(statuses) <= {"created", "updated", "unchanged"}
    with tenant_scope(tenant.pk):
        assert Account.objects.count() == Contract.objects.count() == ITEMS
        assert sum(account.mrr for account in Account.objects.all()) == ITEMS
        # A batch is written whole: all names are of one writer and one turn.
        assert Account.objects.values("name").distinct().count() == 1


@pytest.mark.slow
def test_contracts_of_one_account_written_at_once_are_all_in_its_mrr(committed):
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    with tenant_scope(tenant.pk):
        save_items(ACCOUNTS, [{"external_id": "a1", "name": "A"}])

    def write(number):
        item = {
            "external_id": f"c{number}",
            "account": "a1",
            "starts_on": "2020-01-01",
            "mrr": "1",
            "currency": "USD",
        }
        try:
            with tenant_scope(tenant.pk):
                save_items(CONTRACTS, [item])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(40)))

    with tenant_scope(tenant.pk):
        assert Account.objects.get().mrr == 40


@pytest.mark.parametrize(
    ("updates", "status", "code", "entries", "mrr"),
    [
        (True, "updated", "", ["contract.created", "contract.updated"], 2),
        (False, "error", "taken", ["contract.created"], 1),
    ],
)
def test_the_second_of_two_who_make_one_id_at_once_finds_it_known(
    committed, updates, status, code, entries, mrr
):
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    with tenant_scope(tenant.pk):
        save_items(ACCOUNTS, [{"external_id": "a1", "name": "A"}])

    def write(mrr):
        item = {
            "external_id": "c1",
            "account": "a1",
            "starts_on": "2020-01-01",
            "mrr": mrr,
            "currency": "USD",
        }
        with tenant_scope(tenant.pk):
            return save_items(CONTRACTS, [item], updates=updates)[0]

    def write_second():
        try:
            return write("2")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(tenant.pk):
            first = write("1")
            waiting = pool.submit(write_second)
            while not _somebody_waits():
                assert not waiting.done(), waiting.result()
        second = waiting.result()

    assert (first.status, second.status, second.code) == ("created", status, code)
    with tenant_scope(tenant.pk):
        contract = Contract.objects.get()
        found = AuditEntry.objects.order_by("at")
        assert list(found.values_list("action", "subject_id")) == [
            (action, str(contract.pk)) for action in entries
        ]
        assert contract.mrr == Account.objects.get().mrr == mrr


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0
