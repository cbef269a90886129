import pytest
from django.http import Http404

from accounts.queries import account_or_404, visible_accounts
from tenants.models import Membership, Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory


def membership_of(user):
    return Membership.objects.select_related("tenant").get(user=user)


@pytest.mark.parametrize("role", Role.values)
def test_everyone_sees_all_accounts_of_an_open_portfolio(role, in_tenant, request):
    membership = membership_of(request.getfixturevalue(role))
    own, others = AccountFactory(owner=membership.user), AccountFactory()

    assert set(visible_accounts(membership)) == {own, others}


@pytest.mark.parametrize(
    ("role", "seen"), [("csm", 1), ("lead", 2), ("ops", 2), ("admin", 2), ("viewer", 2)]
)
def test_a_csm_sees_only_own_accounts_of_a_closed_portfolio(
    role, seen, in_tenant, request
):
    in_tenant.is_portfolio_closed = True
    in_tenant.save()
    membership = membership_of(request.getfixturevalue(role))
    own = AccountFactory(owner=membership.user, name="a")
    others = AccountFactory(name="b")

    visible = list(visible_accounts(membership).order_by("name"))

    assert visible == [own, others][:seen]


def test_an_archived_account_is_not_there(in_tenant, lead):
    archived = AccountFactory(archived_at="2026-01-01T00:00:00Z")

    with pytest.raises(Http404):
        account_or_404(membership_of(lead), archived.pk)


def test_a_stranger_finds_nothing(tenant, other_tenant, lead):
    with tenant_scope(other_tenant.pk):
        theirs = AccountFactory()

    with tenant_scope(tenant.pk), pytest.raises(Http404):
        account_or_404(membership_of(lead), theirs.pk)
