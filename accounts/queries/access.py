"""Which accounts a person may see: asked here by screens, exports and links alike."""

from datetime import timedelta

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Account
from tenants.models import Role


def visible_accounts(membership):
    """The accounts this member may see: all, but a CSM's own in a closed portfolio."""
    accounts = Account.objects.filter(archived_at=None)
    return accounts if sees_all(membership) else accounts.owned_by(membership.user)


def sees_all(membership) -> bool:
    """Whether no account is hidden from this member: not so in a closed portfolio."""
    return membership.role != Role.CSM or not membership.tenant.is_portfolio_closed


def decided_within(days: int, on) -> Q:
    """Of accounts or renewals: an open decision by that many days from `on`.

    Today is day 0, and the last day counts. One that is overdue is still to be made.
    """
    return Q(decides_on__lte=on + timedelta(days=days))


def may_see(membership, *, owner_id, archived_at) -> bool:
    """As `visible_accounts` for one account in hand, without a query."""
    is_own = owner_id == membership.user_id
    return archived_at is None and (is_own or sees_all(membership))


def account_or_404(membership, pk):
    """The account of that id; 404 when it is not there for this member."""
    return get_object_or_404(visible_accounts(membership), pk=pk)


def may_work(membership, account) -> bool:
    """Whether this member may change the account: a viewer never, a CSM their own.

    An account without an owner is anybody's to take up.
    """
    if membership.role == Role.VIEWER:
        return False
    if membership.role == Role.CSM:
        return account.owner_id in (None, membership.user_id)
    return True


def workable_account_or_404(membership, pk):
    """The account of that id, to be changed by this member."""
    account = account_or_404(membership, pk)
    if not may_work(membership, account):
        raise Http404
    return account
