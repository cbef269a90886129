import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes.exceptions import ScopeError

from accounts.models import Account, Contact
from tenants.scoping import TwoTenants, tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory


def test_without_a_tenant_the_orm_refuses(db):
    with pytest.raises(ScopeError):
        Account.objects.count()


def test_without_a_tenant_the_database_hides(in_tenant):
    AccountFactory()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_account")
        assert cursor.fetchone() == (1,)
        cursor.execute("SET LOCAL app.tenant_id TO ''")
        cursor.execute("SELECT count(*) FROM accounts_account")
        assert cursor.fetchone() == (0,)


def test_the_database_hides_another_tenants_row(tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        theirs = AccountFactory()

    with tenant_scope(tenant.pk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM accounts_account WHERE id = %s", [theirs.pk]
        )
        assert cursor.fetchone() == (0,)
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            cursor.execute(
                "UPDATE accounts_account SET name = 'x' WHERE true;"
                "INSERT INTO accounts_touch (id, tenant_id, account_id, reason, created_at)"
                " VALUES (gen_random_uuid(), %s, %s, 'x', now())",
                [other_tenant.pk, theirs.pk],
            )


def test_a_row_cannot_point_over_the_wall(tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        theirs = AccountFactory()

    with tenant_scope(tenant.pk):
        with pytest.raises(IntegrityError, match="accounts_contact_account_id_fk"):
            with transaction.atomic():
                ContactFactory(account=theirs)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert Contact.objects.count() == 0


def test_two_tenants_cannot_be_in_scope_at_once(tenant, other_tenant):
    with tenant_scope(tenant.pk), pytest.raises(TwoTenants):
        with tenant_scope(other_tenant.pk):
            pass


def test_after_the_scope_the_database_hides_again(tenant):
    with tenant_scope(tenant.pk):
        AccountFactory()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_account")
        assert cursor.fetchone() == (0,)
