"""A file goes through in slices, each its own transaction: killed anywhere, it goes on."""

from itertools import islice

from django.utils.translation import override

from accounts.services import KINDS, preview_items, save_items
from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from integrations.models import ImportLine, ImportRun
from integrations.services.imports.rows import Reading, RowReader
from integrations.services.imports.uploading import begin, table
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit

SLICE = 500
# A file of so many rows is done while the person waits; a larger one by a worker.
AT_ONCE = 1000
# Lines kept for the person to look at, of bad ones and of changes.
SHOWN = 500
WORKING = (ImportRun.Status.CHECKING, ImportRun.Status.IMPORTING)


class NotReady(ValueError):
    """The run cannot be imported: not checked, or with bad rows nobody said to skip."""


def confirm_run(run: ImportRun, *, by, skips_bad=False):
    """Import what the check has shown. Raises NotReady; nothing is imported then."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.status != ImportRun.Status.CHECKED or (run.bad and not skips_bad):
        raise NotReady
    run.by = by
    begin(run, ImportRun.Status.IMPORTING)
    go_on(run)


def go_on(run: ImportRun):
    """Do a small file now and have a worker do a large one."""
    if run.row_count <= AT_ONCE:
        work_off(current_tenant_id(), run.pk)
    else:
        wake(
            "integrations.work_off_import",
            tenant_id=current_tenant_id(),
            run_id=str(run.pk),
        )


def work_off(tenant_id: int, run_id):
    """Check or import a run, slice by slice, until nothing of it is left.

    Each slice commits with the count of rows done, so that another worker goes on where
    this one was killed; while one works, a second finds nothing to do.
    """
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        run = ImportRun.objects.filter(pk=run_id, status__in=WORKING).first()
    if run is None:
        return
    reader = RowReader(run, zone=tenant.timezone)
    position, rows = run.rows_done, islice(table(run), run.rows_done, None)
    goes_on = True
    while goes_on:
        readings = [reader.read(row) for row in islice(rows, SLICE)]
        with tenant_scope(tenant_id), override(tenant.language):
            goes_on = _slice(run_id, position, readings, reader)
        position += len(readings)


def _slice(run_id, position, readings, reader):
    """One slice; whether there is another. Another worker's run is left alone."""
    run = (
        ImportRun.objects.select_for_update(skip_locked=True)
        .defer("content")
        .filter(pk=run_id, status__in=WORKING, rows_done=position)
        .first()
    )
    if run is None:
        return False
    good = [reading for reading in readings if not reading.faults]
    changes = _changes(run, [reading.item for reading in good])
    for reading, change in zip(good, changes, strict=True):
        reading.faults = _faults(change, reading, reader)
    _count(run, readings, changes)
    _keep_lines(run, readings, dict(zip((r.line for r in good), changes, strict=True)))
    run.rows_done = position + len(readings)
    if len(readings) < SLICE:
        _finish(run)
    run.save()
    return run.status in WORKING


def _changes(run, items):
    kind = KINDS[run.kind]
    if run.status == ImportRun.Status.CHECKING:
        return preview_items(kind, items)
    return save_items(kind, items, by=run.by)


def _faults(change, reading: Reading, reader):
    return [
        reader.fault(reading, name, " ".join(sentences))
        for name, sentences in change.errors.items()
    ]


def _count(run, readings, changes):
    run.bad += sum(bool(reading.faults) for reading in readings)
    for status in ("created", "updated", "unchanged"):
        found = sum(change.status == status for change in changes)
        setattr(run, status, getattr(run, status) + found)


def _keep_lines(run, readings, changes):
    if run.status == ImportRun.Status.IMPORTING:
        return  # the check has shown them
    bad = [_bad_line(run, reading) for reading in readings if reading.faults]
    changed = [
        _changed_line(run, reading, changes[reading.line])
        for reading in readings
        if not reading.faults and changes[reading.line].is_written
    ]
    room = {"error": SHOWN, "changed": SHOWN}
    kept = ImportLine.objects.filter(run=run)
    room["error"] -= kept.filter(status="error").count()
    room["changed"] -= kept.exclude(status="error").count()
    ImportLine.objects.bulk_create(
        bad[: max(0, room["error"])] + changed[: max(0, room["changed"])]
    )


def _bad_line(run, reading):
    return ImportLine(
        run=run,
        line=reading.line,
        status="error",
        external_id=str(reading.item.get("external_id", ""))[:200],
        details=reading.faults,
    )


def _changed_line(run, reading, change):
    before = change.before or {}
    return ImportLine(
        run=run,
        line=reading.line,
        status=change.status,
        external_id=change.external_id,
        details=[
            {"field": name, "was": before.get(name), "is": value}
            for name, value in change.after.items()
            if value not in ("", None, [], {}) or before.get(name)
        ],
    )


def _finish(run):
    if run.status == ImportRun.Status.CHECKING:
        run.status = ImportRun.Status.CHECKED
        return
    run.status, run.finished_at = ImportRun.Status.DONE, clock.now()
    ImportRun.objects.filter(pk=run.pk).update(content=b"")
    counts = ("created", "updated", "unchanged", "bad")
    after = {name: getattr(run, name) for name in counts}
    record_audit("import.finished", run, by=run.by, after=after)
