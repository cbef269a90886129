"""What is open follows an account to its new owner, whoever changed the owner and how."""

from datetime import date

import pytest

from accounts.models import Account, Handover
from accounts.services import ACCOUNTS, save_items
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.tenants import MembershipFactory
from worklist import services, tasks
from worklist.models import Alert, Task

DAY = date(2026, 5, 1)


@pytest.fixture
def account(tenant, csm):
    with tenant_scope(tenant.pk):
        account = AccountFactory(external_id="a1", name="Acme", owner=csm)
        services.create_task(
            kind="x", title="Call", owner=csm, due_on=DAY, account=account
        )
        services.open_alert(
            kind="x", subject="x", title="Fell", owner=csm, account=account
        )
    return account


def owners(tenant):
    """Of the account, its task and its alert; how many handovers wait."""
    with tenant_scope(tenant.pk):
        return (
            Account.objects.get().owner,
            Task.objects.get().owner,
            Alert.objects.get().owner,
            Handover.objects.count(),
        )


def by_form(sign_in, admin, account, new):
    data = {"name": "Acme", "external_id": "a1", "owner": new.email}
    data |= {"lifecycle_stage": "adoption", "tier": "mid", "language": "en"}
    url = f"/t/acme/accounts/{account.pk}/edit/"
    assert sign_in(admin).post(url, data).status_code == 302


def test_an_owner_changed_in_the_form_takes_over_what_is_open(
    tenant, account, csm, admin, sign_in
):
    new = MembershipFactory(tenant=tenant).user

    by_form(sign_in, admin, account, new)
    before = owners(tenant)
    tasks.hand_over(tenant_id=tenant.pk)

    assert before == (new, csm, csm, 1)
    assert owners(tenant) == (new, new, new, 0)


def test_an_owner_changed_by_a_program_takes_over_what_is_open(
    tenant, account, csm, api
):
    new = MembershipFactory(tenant=tenant).user

    api.patch("/api/v1/accounts/a1", {"owner": new.email}, format="json")
    tasks.hand_over(tenant_id=tenant.pk)

    assert owners(tenant) == (new, new, new, 0)


@pytest.mark.parametrize("owner", [None, "same"])
def test_without_a_new_owner_nothing_is_handed_over(tenant, account, csm, api, owner):
    email = csm.email if owner else None

    api.patch("/api/v1/accounts/a1", {"owner": email, "name": "B"}, format="json")
    tasks.hand_over(tenant_id=tenant.pk)

    assert owners(tenant) == (csm if owner else None, csm, csm, 0)


def test_through_three_hands_it_comes_to_the_last(tenant, account, csm):
    second, third = (MembershipFactory(tenant=tenant).user for _ in range(2))
    with tenant_scope(tenant.pk):
        for person in (second, third):
            save_items(ACCOUNTS, [{"external_id": "a1", "owner": person.email}])

    tasks.hand_over(tenant_id=tenant.pk)

    assert owners(tenant) == (third, third, third, 0)


def test_a_handover_moves_no_task_of_another_workspace(
    tenant, other_tenant, account, csm
):
    new = MembershipFactory(tenant=tenant).user
    with tenant_scope(tenant.pk):
        save_items(ACCOUNTS, [{"external_id": "a1", "owner": new.email}])

    tasks.hand_over(tenant_id=other_tenant.pk)

    assert owners(tenant) == (new, csm, csm, 1)
