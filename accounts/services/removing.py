from django.db import transaction

from accounts.services.kinds import CONTRACTS, Kind
from accounts.services.planning import plain
from accounts.services.revenue import refresh_mrr
from accounts.services.touch import touch
from cs_platform.lib import clock
from tenants.services import record_audit


@transaction.atomic
def archive_account(account, *, by=None, by_key=None):
    """Take the account out of every list; its history stays. Safe to repeat."""
    if account.archived_at is not None:
        return
    account.archived_at = clock.now()
    account.save(update_fields=["archived_at", "updated_at"])
    record_audit("account.archived", account, by=by, by_key=by_key)


@transaction.atomic
def delete_fact(kind: Kind, row, *, by=None, by_key=None):
    """Delete a fact that should not have been; touches its account.

    Money leaves an entry in the audit trail, and a contract its account's MRR.
    """
    if kind.audited:
        before = plain(kind, row)
        record_audit(f"{kind.name}.deleted", row, by=by, by_key=by_key, before=before)
    account_id = row.account_id
    row.delete()
    if kind is CONTRACTS:
        refresh_mrr([account_id])
    if kind.touches:
        touch([account_id], reason=kind.touches)
