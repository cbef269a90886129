from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.services.calendar import keep_business_decisions
from accounts.services.handing import record_handovers
from accounts.services.kinds import ACCOUNTS, CONTRACTS, Kind
from accounts.services.planning import Change, Plan
from accounts.services.revenue import refresh_mrr
from accounts.services.touch import touch
from tenants.services.audit import audit_entry, record_audits

CHUNK = 1000
ATTEMPTS = 3
# Of contracts: what services keep of the days to come.
FORESEEN = ("is_cut", "rises_on", "mrr_at_end", "end_told_at")
RETRIED = ("40P01", "40001")  # deadlock, serialization failure


class Overtaken(Exception):
    """Another writer made one of the ids after we looked: look again."""


def save_items(
    kind: Kind, items: list, *, by=None, by_key=None, creates=True, updates=True
) -> list[Change]:
    """Write a batch of facts by external id; says of each item what became of it.

    Good items are written, bad ones answered with their errors; who writes last wins.
    Changes of money and of owners enter the audit trail, an account that changes hands
    is recorded for the worklist, the accounts are touched so that health scores them
    again, and contracts refresh their accounts' MRR: all in one transaction.
    `creates=False` refuses unknown ids, `updates=False` known ones. Of two writers who
    make one id at once the second finds it known.
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
    except (OperationalError, Overtaken) as error:
        code = getattr(error.__cause__, "pgcode", None)
        if attempts == 1 or not (isinstance(error, Overtaken) or code in RETRIED):
            raise
    return _retried(action, attempts - 1)


def _save(kind, items, by, by_key, creates, updates):
    plan = Plan(kind, items, lock=True, creates=creates)
    changes = plan.changes
    if not updates:
        _refuse_known(changes)
    written = [change for change in changes if change.is_written]
    created = {c.external_id for c in written if c.status == "created"}
    rows = {change.external_id: change.row for change in written}
    _insert(kind, [rows[external_id] for external_id in sorted(created)])
    _update(kind, [rows[external_id] for external_id in sorted(rows.keys() - created)])
    if plan.agreed:
        plan.agreed.write(rows, by=by)
    _record(kind, written, by, by_key)
    if kind is ACCOUNTS:
        record_handovers(written)
    accounts = {
        pk
        for change in written
        for pk in (change.account_ids if kind.has_account else {change.row.pk})
    }
    if kind is CONTRACTS and accounts:
        keep_business_decisions([row.pk for row in rows.values()])
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


def _insert(kind, rows):
    """Make the new rows, in one order for all writers."""
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        kind.model.objects.bulk_create(some, ignore_conflicts=True)
        ours = kind.model.objects.filter(pk__in=[row.pk for row in some])
        if ours.count() < len(some):
            raise Overtaken


def _update(kind, rows):
    """Write the known rows, which are locked."""
    also = {"updated_at", "archived_at", "is_discovered", *FORESEEN}
    columns = [*kind.fields]
    columns += [f.name for f in kind.model._meta.fields if f.name in also]
    for start in range(0, len(rows), CHUNK):
        kind.model.objects.bulk_create(
            rows[start : start + CHUNK],
            update_conflicts=True,
            unique_fields=["tenant", "external_id"],
            update_fields=columns,
        )


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
