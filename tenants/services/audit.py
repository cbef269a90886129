from cs_platform.lib import clock
from tenants.models import AuditEntry


def record_audit(action, subject, *, by=None, by_key=None, before=None, after=None):
    """Write one entry of the audit trail, in the transaction of the change.

    `subject` is the row changed; `before` and `after` are plain values of what changed
    in it (None: it was not there). Needs the tenant's scope.
    """
    entry = audit_entry(
        action, subject, by=by, by_key=by_key, before=before, after=after
    )
    entry.save(force_insert=True)
    return entry


def record_audits(entries):
    """Write many entries, made by `audit_entry`, in one statement."""
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def audit_entry(action, subject, *, by=None, by_key=None, before=None, after=None):
    """An entry not yet written: for changes in bulk."""
    return AuditEntry(
        at=clock.now(),
        by=by,
        by_key=by_key,
        action=action,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        before=before,
        after=after,
    )
