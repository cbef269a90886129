"""Two people who change one contract at once: one after the other, nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connections

from accounts import services
from accounts.models import Contract, ContractChange, ContractPause, Span
from tenants.models import Tenant
from tenants.scoping import tenant_scope
from tests.factories.accounts import ContractFactory

DAYS = [date(2026, month, 1) for month in range(2, 8)]


def _at_once(tenant, deeds):
    def run(deed):
        try:
            with tenant_scope(tenant.pk):
                deed(Contract.objects.get())
            return "done"
        except ValidationError:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(run, deeds))


def test_changes_of_many_at_once_are_all_kept(committed):
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    with tenant_scope(tenant.pk):
        ContractFactory(mrr=100)

    answers = _at_once(
        tenant,
        [
            lambda contract, day=day: services.change_contract(
                contract, effective_on=day, mrr=day.month * 100
            )
            for day in DAYS
        ],
    )

    with tenant_scope(tenant.pk):
        found = [Span.objects.on(day).get().mrr for day in DAYS]
        assert Contract.objects.get().mrr == 700
    assert answers == ["done"] * 6
    assert found == [200, 300, 400, 500, 600, 700]


def test_of_two_on_one_day_one_is_told(committed):
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    with tenant_scope(tenant.pk):
        ContractFactory(mrr=100)

    changed = _at_once(
        tenant,
        [
            lambda contract, mrr=mrr: services.change_contract(
                contract, effective_on=DAYS[0], mrr=mrr
            )
            for mrr in (200, 300)
        ],
    )
    paused = _at_once(
        tenant,
        [lambda contract: services.pause_contract(contract, starts_on=DAYS[1])] * 2,
    )

    assert (changed, paused) == (["done", "refused"], ["done", "refused"])
    with tenant_scope(tenant.pk):
        assert (ContractChange.objects.count(), ContractPause.objects.count()) == (1, 1)
