"""The line of reports whose files are to be made."""

from django.db import transaction

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from qbr.models import Report, ReportState
from tenants.scoping import current_tenant_id

MAKE = "qbr.make_reports"


def put_in_line(report: Report, *, by) -> None:
    """Ask a worker for its files, with all its attempts; the row is not saved here."""
    report.state, report.attempts, report.error = ReportState.WAITING, 0, ""
    report.progress, report.leased_until = 0, None
    report.asked_at, report.asked_by = clock.now(), by
    wake(MAKE, tenant_id=current_tenant_id())


@transaction.atomic
def ask_for_files(report: Report, *, by) -> Report:
    """Make its files again, after a failure or as they are; safe to repeat.

    Nothing happens while they wait or are being made.
    """
    report = Report.objects.select_for_update().get(pk=report.pk)
    if report.state not in (ReportState.WAITING, ReportState.MAKING):
        put_in_line(report, by=by)
        report.save()
    return report
