from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, connections

from tenants.models import ApiKey, AuditEntry, Credential, Membership, Role, Tenant
from tenants.queries import tenant_of_credential, usable_api_key
from tenants.scoping import tenant_scope
from tenants.services import (
    LastAdmin,
    add_member,
    change_member,
    change_workspace,
    create_api_key,
    create_tenant,
    found_workspace,
    revoke_api_key,
)
from tests.factories.tenants import MembershipFactory, TenantFactory, UserFactory

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def audit():
    return list(
        AuditEntry.objects.order_by("at", "id").values_list("action", flat=True)
    )


@pytest.mark.parametrize(
    "wrong", [{"timezone": "Mars/Base"}, {"timezone": "../etc"}, {"currency": "ZZZ"}]
)
def test_create_tenant_refuses_what_would_stop_the_sweeps_of_all(db, wrong):
    with pytest.raises(ValidationError) as refusal:
        create_tenant("mars", name="Mars", **wrong)

    assert list(refusal.value.message_dict) == list(wrong)
    assert Tenant.objects.count() == 0


def test_create_tenant_refuses_a_taken_slug(tenant):
    with pytest.raises(ValidationError, match="already exists"):
        create_tenant("acme", name="Another Acme")


def test_found_workspace_makes_the_founder_its_admin(user):
    tenant = found_workspace("Ромашка и Ко", by=user, language="ru")

    assert (tenant.slug, tenant.language) == ("romashka-i-ko", "ru")
    assert list(tenant.memberships.values_list("user", "role")) == [(user.pk, "admin")]
    with tenant_scope(tenant.pk):
        assert audit() == ["workspace.created", "member.added"]


def test_found_workspace_finds_another_slug_when_it_is_taken(tenant, user):
    founded = found_workspace("Acme", by=user)

    assert founded.slug.startswith("acme-")
    assert len(founded.slug) == len("acme-123456")


def test_change_workspace_records_only_what_changed(in_tenant, admin):
    change_workspace(in_tenant, by=admin, name="Acme", currency="KZT")

    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"currency": "USD"}, {"currency": "KZT"})
    assert Tenant.objects.get(pk=in_tenant.pk).currency == "KZT"


def test_add_member_gives_a_former_member_the_place_back(in_tenant, admin):
    gone = MembershipFactory(tenant=in_tenant, is_active=False)

    add_member(in_tenant, user=gone.user, role=Role.OPS, by=admin)
    add_member(in_tenant, user=gone.user, role=Role.OPS, by=admin)

    gone.refresh_from_db()
    assert (gone.role, gone.is_active) == ("ops", True)
    assert audit() == ["member.added"]


@pytest.mark.parametrize("change", [{"role": Role.CSM}, {"is_active": False}])
def test_the_last_admin_stays(in_tenant, admin, change):
    membership = Membership.objects.get(user=admin)

    with pytest.raises(LastAdmin):
        change_member(membership, by=admin, **change)

    membership.refresh_from_db()
    assert (membership.role, membership.is_active) == ("admin", True)


@pytest.mark.slow
def test_two_last_admins_cannot_leave_at_once(committed):
    tenant = TenantFactory()
    pair = MembershipFactory.create_batch(2, tenant=tenant, role=Role.ADMIN)
    barrier, outcomes = Barrier(2), []

    def leave(membership):
        barrier.wait()
        try:
            with tenant_scope(tenant.pk):
                change_member(membership, by=membership.user, is_active=False)
            outcomes.append("left")
        except LastAdmin:
            outcomes.append("stayed")
        finally:
            connections.close_all()

    threads = [Thread(target=leave, args=[membership]) for membership in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["left", "stayed"]


def test_a_key_opens_its_own_workspace_until_revoked(in_tenant, admin):
    key, secret = create_api_key(name="billing", scopes=["read"], by=admin)

    assert tenant_of_credential(secret, Credential.Kind.API) == in_tenant
    assert tenant_of_credential(secret, Credential.Kind.SOURCE) is None
    assert usable_api_key(secret, at=NOON) == key
    assert secret not in str(list(ApiKey.objects.values()))

    revoke_api_key(key, by=admin)
    revoke_api_key(key, by=admin)

    assert tenant_of_credential(secret, Credential.Kind.API) is None
    assert usable_api_key(secret, at=NOON) is None
    assert audit() == ["api_key.created", "api_key.revoked"]


@pytest.mark.parametrize(("later", "is_usable"), [(-1, True), (0, False), (1, False)])
def test_a_key_ends_at_its_instant(in_tenant, later, is_usable):
    key, secret = create_api_key(name="billing", expires_at=NOON)

    found = usable_api_key(secret, at=NOON + timedelta(seconds=later))

    assert (found == key) is is_usable


@time_machine.travel(NOON, tick=False)
def test_the_audit_trail_cannot_be_changed_or_deleted(in_tenant, admin):
    add_member(in_tenant, user=UserFactory(), role=Role.CSM, by=admin)

    for statement in (
        "UPDATE tenants_auditentry SET action = 'x'",
        "DELETE FROM tenants_auditentry",
        "TRUNCATE tenants_auditentry",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            with connections["default"].cursor() as cursor:
                cursor.execute("SAVEPOINT here")
                try:
                    cursor.execute(statement)
                finally:
                    cursor.execute("ROLLBACK TO here")

    with connection.cursor() as cursor:
        cursor.execute("SELECT action, at FROM tenants_auditentry")
        assert cursor.fetchall() == [("member.added", NOON)]
