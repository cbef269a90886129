"""A renewal that fails, or kills its worker, comes to an end and holds up no other."""

import os
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import DataError, OperationalError

from renewals import services, wording
from renewals.models import Reminder, Renewal
from renewals.services import firing
from tenants.scoping import tenant_scope
from tests import processes
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist.models import Alert, Task

END = date(2026, 9, 1)
DAY = END - timedelta(days=120)
KILLED = 9


class Victim(Exception):
    """What the database says to the one it chose to end a deadlock."""

    pgcode = "40P01"


@pytest.fixture
def acme(committed):
    """Six contracts whose first step is due; the third is the bad one."""
    tenant = TenantFactory(slug="acme")
    owner = MembershipFactory(tenant=tenant).user
    with tenant_scope(tenant.pk):
        for n in range(6):
            account = AccountFactory(external_id=f"a{n}", name=f"Name {n}", owner=owner)
            ContractFactory(account=account, starts_on=date(2025, 9, 1), ends_on=END)
        services.sync_renewals(on=DAY - timedelta(days=30))
    return tenant


def poison(monkeypatch, harm):
    title = wording.check_title

    def titled(facts):
        if facts.account == "Name 2":
            harm()
        return title(facts)

    monkeypatch.setattr(wording, "check_title", titled)


def fail():
    raise ValueError("no title")


def done(tenant):
    with tenant_scope(tenant.pk):
        return sorted(Task.objects.values_list("account__name", flat=True))


def alerts(tenant):
    with tenant_scope(tenant.pk):
        rows = Alert.objects.open().order_by("opened_at")
        return list(rows.values_list("kind", "account__name", "because"))


OTHERS = ["Name 0", "Name 1", "Name 3", "Name 4", "Name 5"]


@pytest.mark.slow
@pytest.mark.fault
def test_a_renewal_that_kills_its_worker_is_set_aside_after_five_attempts(
    acme, monkeypatch
):
    poison(monkeypatch, lambda: os._exit(KILLED))

    ends = [
        processes.wait(processes.start(services.remind_tenant, acme.pk, on=DAY))
        for _ in range(7)
    ]

    assert ends == [KILLED] * 5 + [0, 0]
    assert done(acme) == OTHERS
    assert alerts(acme) == [
        (
            "renewal.set_aside",
            "Name 2",
            "The worker died five times while making them.",
        )
    ]


@pytest.mark.slow
def test_a_renewal_that_fails_is_tried_once_more_each_following_day(acme, monkeypatch):
    tries = []

    def harm():
        tries.append(1)
        raise ValueError("no title")

    with monkeypatch.context() as patched:
        poison(patched, harm)
        for _ in range(7):
            services.remind_tenant(acme.pk, on=DAY)

        assert len(tries) == 5
        assert done(acme) == OTHERS
        assert alerts(acme) == [("renewal.set_aside", "Name 2", "ValueError: no title")]
        for _ in range(3):
            services.remind_tenant(acme.pk, on=DAY + timedelta(days=1))
        assert len(tries) == 6

    services.remind_tenant(acme.pk, on=DAY + timedelta(days=2))

    assert done(acme) == [f"Name {n}" for n in range(6)]
    assert alerts(acme) == []
    with tenant_scope(acme.pk):
        assert Reminder.objects.count() == 6
        assert set(Renewal.objects.values_list("attempts", "error")) == {(0, "")}


@pytest.mark.slow
def test_contracts_that_cannot_be_followed_stop_no_reminder_that_stands(
    acme, monkeypatch
):
    def cannot(**how):
        raise DataError("numeric field overflow")

    with monkeypatch.context() as patched:
        patched.setattr(firing, "sync_renewals", cannot)
        services.remind_tenant(acme.pk, on=DAY)

    assert len(done(acme)) == 6
    assert alerts(acme) == [
        ("renewal.not_synced", None, "DataError: numeric field overflow")
    ]
    services.remind_tenant(acme.pk, on=DAY)
    assert alerts(acme) == []


@pytest.mark.slow
@pytest.mark.fault
def test_the_command_tries_what_was_set_aside_once_more(acme, monkeypatch):
    with monkeypatch.context() as patch:
        poison(patch, lambda: os._exit(KILLED))
        for _ in range(6):
            processes.wait(processes.start(services.remind_tenant, acme.pk, on=DAY))
    assert (done(acme), len(alerts(acme))) == (OTHERS, 1)

    for _ in range(2):
        call_command("fire_reminders", tenant="acme", as_of=DAY)

    assert (done(acme), alerts(acme)) == (sorted([*OTHERS, "Name 2"]), [])


@pytest.mark.slow
def test_the_victim_of_a_deadlock_follows_the_contracts_all_the_same(
    committed, monkeypatch
):
    tenant = TenantFactory()
    real, seen = firing.sync_renewals, []

    def sync(**when):
        seen.append(when)
        if len(seen) == 1:
            raise OperationalError from Victim
        real(**when)

    monkeypatch.setattr(firing, "sync_renewals", sync)
    with tenant_scope(tenant.pk):
        ContractFactory(ends_on=date(2027, 6, 1), starts_on=date(2026, 6, 1))

    firing.remind_tenant(tenant.pk, on=date(2027, 2, 1))

    with tenant_scope(tenant.pk):
        assert (len(seen), Alert.objects.count()) == (2, 0)
        assert Reminder.objects.count() == 1
