"""The ladder over years of random contracts equals an oracle written differently.

`LADDER_CONTRACTS=2000 LADDER_DAYS=1096 LADDER_WORKSPACES=8` is the long form.
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from accounts.models import Contract
from accounts.services import (
    ACCOUNTS,
    CONTRACTS,
    change_contract,
    pause_contract,
    save_items,
    set_calendar,
)
from messaging.models import Channel, Message
from renewals import services
from renewals.models import Reminder, Renewal, Stage
from renewals.services.moving import record_move
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.renewals.ladder_oracle import STEPS
from tests.renewals.simulated import (
    BEGIN,
    OF_PEOPLE,
    OF_TERMS,
    play_to_oracle,
    script_of,
)
from worklist.models import Alert, Task

WORKSPACES = int(os.environ.get("LADDER_WORKSPACES", "2"))
CONTRACTS_IN_ALL = int(os.environ.get("LADDER_CONTRACTS", "40"))
DAYS = int(os.environ.get("LADDER_DAYS", "160"))
SEED = int(os.environ.get("LADDER_SEED", "1"))


@pytest.fixture
def schedulers():
    """Starts that many at one instant, each with a connection of its own."""
    with ThreadPoolExecutor(2) as pool:

        def run(number, **what):
            barrier = Barrier(number)

            def one(_):
                barrier.wait()
                services.remind_tenant(**what)

            list(pool.map(one, range(number)))

        yield run
        barrier = Barrier(2)

        def leave(_):
            barrier.wait()
            connections.close_all()

        list(pool.map(leave, range(2)))


def play_to_product(script, tenant, days, schedulers):
    for n in range(days):
        if script.changes[n]:
            with tenant_scope(tenant.pk):
                for change in script.changes[n]:
                    happen(change, BEGIN + timedelta(days=n))
        for at, number in script.runs[n]:
            schedulers(number, tenant_id=tenant.pk, at=at)


def happen(change, day):
    if change.kind == "calendar":
        set_calendar(
            country=change.values["country"],
            weekdays=list(change.values["weekdays"]),
            extra_holidays=list(change.values["extra"]),
        )
    elif change.kind == "ladder":
        (of, name), days = change.values["of"], change.values["days"]
        said = {name: days and list(days)}
        by_tier, by_segment = (said, {}) if of == "tier" else ({}, said)
        services.set_ladders(by_tier, by_segment, by=None)
    elif change.kind in OF_PEOPLE:
        of_person(change, day)
    elif change.kind in OF_TERMS:
        of_terms(change, day)
    else:
        write(change.name, **change.values)


def of_person(change, day):
    found = Renewal.objects.open().filter(contract__external_id=change.name).first()
    if found is None:
        return
    if change.kind == "negotiate":
        record_move(found, stage=Stage.NEGOTIATION, by=None, at=found.stage_since)
    else:
        services.close_renewal(
            found, result="lost", reason="price", detail="too high", by=None, on=day
        )


def of_terms(change, day):
    """The contract pauses, or costs more from today, if it runs today."""
    contract = Contract.objects.get(external_id=change.name)
    try:
        if change.kind == "pause":
            resumes_on = day + timedelta(days=30)
            pause_contract(contract, starts_on=day, resumes_on=resumes_on)
        else:
            change_contract(contract, effective_on=day, mrr=contract.mrr + 1)
    except ValidationError:
        pass  # it does not run, is paused or has changed today already


def write(name, **values):
    account = {
        "tier": values.get("tier"),
        "lifecycle_stage": {True: "adoption", False: "churned"}.get(
            values.get("is_served")
        ),
    }
    account = {key: value for key, value in account.items() if value}
    if "segment" in values:
        account["segment"] = values["segment"]
    if account:
        save(ACCOUNTS, {"external_id": name, "name": name} | account)
    named = {"starts": "starts_on", "end": "ends_on", "notice": "notice_days"}
    named |= {"unit": "notice_unit"}
    contract = {named[key]: values[key] for key in named if key in values}
    if "mrr" in values:
        contract["mrr"] = values["mrr"]
    if contract:
        fixed = {"external_id": name, "account": name, "currency": "USD"}
        save(CONTRACTS, fixed | contract)


def save(kind, item):
    (change,) = save_items(kind, [item])
    assert change.status != "error", change.errors


def fired(oracles):
    return Counter(
        step
        for one in oracles.values()
        for (_, step), (state, _, _) in one.said.items()
        if state == "fired"
    )


def done():
    """Everything the ladder did: reminders, and how often each consequence was had."""
    reminders = {}
    for r in Reminder.objects.select_related("contract"):
        key = (r.contract.external_id, r.ends_on, r.step)
        assert key not in reminders
        reminders[key] = (r.state, r.due_on, r.handled_on)
    tasks = Counter(Task.objects.values_list("kind", flat=True))
    urgent = Message.objects.filter(kind="renewal.urgent", channel=Channel.IN_APP)
    keys = {
        key.rpartition(":")[0] for key in urgent.values_list("unique_key", flat=True)
    }
    return reminders, {
        "check": tasks["renewal.check"],
        "call": tasks["renewal.call"],
        "urgent": len(keys),
    }


@pytest.mark.slow
@pytest.mark.parametrize("number", range(WORKSPACES))
def test_the_ladder_equals_the_oracle_over_years(committed, schedulers, number):
    seed = SEED * 1000 + number
    script = script_of(seed, contracts=CONTRACTS_IN_ALL // WORKSPACES, days=DAYS)
    tenant = TenantFactory(timezone=script.zone)
    MembershipFactory(tenant=tenant, role=Role.LEAD)

    play_to_product(script, tenant, DAYS, schedulers)

    oracles = play_to_oracle(script, DAYS)
    expected = {
        (name, end, STEPS[step]): said
        for name, one in oracles.items()
        for (end, step), said in one.said.items()
    }
    count = fired(oracles)
    with tenant_scope(tenant.pk):
        reminders, consequences = done()
        broken = list(Alert.objects.filter(kind__in=BROKEN).values_list("because"))
    assert differences(reminders, expected) == {}
    assert consequences == {name: count[name] for name in ("check", "call", "urgent")}
    assert broken == []
    assert len(expected) > CONTRACTS_IN_ALL // WORKSPACES
    print(report(script, oracles, expected, count))


BROKEN = ("renewal.set_aside", "renewal.not_synced")


def report(script, oracles, expected, count):
    """Of the long form: how much was played, and what came of it."""
    skipped = Counter(
        step for (_, _, step), said in expected.items() if said[0] != "fired"
    )
    late = sum(on > due for state, due, on in expected.values() if state == "fired")
    return {
        "zone": script.zone,
        "contracts": len(oracles),
        "changes": sum(map(len, script.changes.values())),
        "runs": sum(map(len, script.runs.values())),
        "doubled": sum(n > 1 for runs in script.runs.values() for _, n in runs),
        "days without a run": DAYS - len([1 for runs in script.runs.values() if runs]),
        "handled": len(expected),
        "fired": dict(count),
        "skipped": dict(skipped),
        "late": late,
        "terms decided": sum(len(one.decided) for one in oracles.values()),
    }


def differences(found, expected):
    """What was done and not to be done, and the other way round, by contract."""
    return {
        key: (found.get(key), expected.get(key))
        for key in sorted(found.keys() | expected.keys())
        if found.get(key) != expected.get(key)
    }
