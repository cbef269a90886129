from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.kinds import CONTRACTS, Kind
from accounts.services.planning import Change, Plan
from accounts.services.revenue import refresh_mrr
from accounts.services.touch import touch
from tenants.services.audit import audit_entry, record_audits

CHUNK = 1000
ATTEMPTS = 3
RETRIED = ("40P01", "40001")  # deadlock, serialization failure


def save_items(
    kind: Kind, items: list, *, by=None, by_key=None, creates=True, updates=True
) -> list[Change]:
    """Write a batch of facts by external id; says of each item what became of it.

    Good items are written, bad ones answered with their errors; who writes last wins.
    Changes of money and of owners enter the audit trail, the accounts are touched so
    that health scores them again, and contracts refresh their accounts' MRR: all in one
    transaction. `creates=False` refuses unknown ids, `updates=False` known ones.
    Running it twice leaves everything unchanged the second time.
    """
    return _retried(lambda: _save(kind, items, by, by_key, creates, updates))


def save_item(kind: Kind, item: dict, **how) -> Change:
    """One fact, as `save_items` does."""
    return save_items(kind, [item], **how)[0]


def preview_items(kind: Kind, items: list) -> list[Change]:
    """What `save_items` would do now; writes nothing."""
    return Plan(kind, items).changes


def _retried(action, attempts=ATTEMPTS):
    """The action in a savepoint, again when the database chose it as a victim."""
    try:
        with transaction.atomic():
            return action()
    except OperationalError as error:
        if attempts == 1 or getattr(error.__cause__, "pgcode", None) not in RETRIED:
            raise
    return _retried(action, attempts - 1)


def _save(kind, items, by, by_key, creates, updates):
    changes = Plan(kind, items, lock=True, creates=creates).changes
    if not updates:
        _refuse_known(changes)
    written = [change for change in changes if change.is_written]
    _write(kind, {change.external_id: change.row for change in written})
    _record(kind, written, by, by_key)
    accounts = {
        pk
        for change in written
        for pk in (change.account_ids if kind.has_account else {change.row.pk})
    }
    if kind is CONTRACTS and accounts:
        refresh_mrr(accounts)
    if kind.touches:
        touch(accounts, reason=kind.touches)
    return changes


def _refuse_known(changes):
    for change in changes:
        if change.status in ("updated", "unchanged"):
            change.status, change.row = "error", None
            change.errors = {"external_id": [_("This id is taken.")]}
            change.code = "taken"


def _write(kind, rows):
    """Insert or update each row once, in one order for all writers."""
    also = {"updated_at", "archived_at", "is_discovered"}
    columns = [*kind.fields]
    columns += [f.name for f in kind.model._meta.fields if f.name in also]
    ordered = [rows[external_id] for external_id in sorted(rows)]
    for start in range(0, len(ordered), CHUNK):
        kind.model.objects.bulk_create(
            ordered[start : start + CHUNK],
            update_conflicts=True,
            unique_fields=["tenant", "external_id"],
            update_fields=columns,
        )
    if kind.model is Account:
        _name_winners(rows)


def _name_winners(rows):
    """Another writer may have inserted the same id meanwhile: its row was updated."""
    found = Account.objects.filter(external_id__in=rows).values_list(
        "external_id", "pk"
    )
    for external_id, pk in found:
        rows[external_id].pk = pk


def _record(kind, written, by, by_key):
    entries = []
    for change in written:
        before, after = change.before or {}, change.after or {}
        names = [name for name in kind.audited if before.get(name) != after.get(name)]
        if names:
            is_new = change.status == "created"
            entries.append(
                audit_entry(
                    f"{kind.name}.{change.status}",
                    change.row,
                    by=by,
                    by_key=by_key,
                    before=None if is_new else {name: before[name] for name in names},
                    after={name: after[name] for name in names},
                )
            )
    record_audits(entries)
