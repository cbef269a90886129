"""Renewals are made by the data: a contract, and a sync."""

from datetime import timedelta

from renewals.models import Renewal
from renewals.services import sync_renewals
from tests.factories.accounts import AccountFactory, ContractFactory


def renewal_of(*, ends_on, on=None, owner=None, score=None, name=None, **contract):
    """The renewal of a new contract, entered on `on` (130 days before its end)."""
    account = {"owner": owner, "score": score} | ({"name": name} if name else {})
    made = ContractFactory(
        account=AccountFactory(**account),
        starts_on=ends_on - timedelta(days=365),
        ends_on=ends_on,
        **contract,
    )
    sync_renewals(on=on or ends_on - timedelta(days=130))
    return Renewal.objects.get(contract=made)
