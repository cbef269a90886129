"""A report is drafted, worded, frozen; what was frozen is never changed."""

from datetime import date

from django.db import transaction
from django.utils import translation

from cs_platform.lib import clock
from qbr.figures import sections as parts
from qbr.models import Report, ReportFile, Review
from qbr.queries.gathering import gathered
from qbr.queries.gathering.promises import next_promises
from qbr.queries.reports import sections_for
from qbr.services.queueing import put_in_line
from tenants.models import Tenant
from tenants.services import record_audit


class StaleReport(Exception):
    """It was changed meanwhile, or is frozen."""

    def __init__(self, report):
        super().__init__(report.pk)
        self.report = report


@transaction.atomic
def draft_report(review: Review, *, by, on: date) -> Report:
    """The draft of a review: the one there is, or a new version with figures of now.

    A new version begins with the sections of the one before, or as the workspace says;
    its files are asked for. Two at once get the same one.
    """
    review = Review.objects.select_for_update().get(pk=review.pk)
    last = Report.objects.filter(review=review).order_by("-version").first()
    if last is not None and last.frozen_at is None:
        return last
    report = Report(
        review=review,
        version=last.version + 1 if last else 1,
        language=review.language,
        sections=last.sections if last else sections_for(review),
    )
    _take(report, on=on)
    put_in_line(report, by=by)
    report.save()
    return report


@transaction.atomic
def take_figures(report: Report, *, by, on: date) -> Report:
    """Read the figures of a draft anew and ask for its files.

    Raises `StaleReport` when it is frozen.
    """
    report = _draft(report)
    _take(report, on=on)
    _changed(report, by=by)
    return report


@transaction.atomic
def arrange_report(report: Report, sections: list, *, revision: int, by) -> Report:
    """Keep the words, the choice and the order of its sections, and ask for its files.

    `revision` is the one that was seen: raises `StaleReport` when there is a later one,
    or it is frozen.
    """
    report = _draft(report, revision)
    report.sections = parts.arranged(sections)
    _changed(report, by=by)
    return report


@transaction.atomic
def freeze_report(review: Review, *, by, on: date, by_key=None) -> Report:
    """Keep the report of a review that was held as it is, for good.

    The figures are those that were shown: of the draft, or of now where there was none,
    and where the draft was made before its period was over, or over another one: days
    would be missing for good. Words and choice stay. What was promised in the meeting is
    added to its plan. Its files are made anew, without the mark of a draft. A correction,
    drafted later, is frozen the same way. In the audit trail. Safe to repeat: a review
    whose last report is frozen keeps it.
    """
    review = Review.objects.select_for_update().get(pk=review.pk)
    last = Report.objects.filter(review=review).order_by("-version").first()
    if last is not None and last.frozen_at is not None:
        return last
    report = _draft(draft_report(review, by=by, on=on))
    if last is not None and not _is_whole(report):
        _take(report, on=on)
    with translation.override(report.language):
        report.figures["tables"]["plan"] = next_promises(review, on=on)
    report.frozen_at, report.frozen_by = clock.now(), by
    _changed(report, by=by)
    after = {"version": report.version, "figures": len(report.figures["figures"])}
    record_audit(
        "report.frozen", review, by=by, by_key=by_key, before=None, after=after
    )
    return report


def _draft(report, revision=None):
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("review__account", "review__owner")
        .get(pk=report.pk)
    )
    if report.frozen_at or revision not in (None, report.revision):
        raise StaleReport(report)
    return report


def _is_whole(report):
    """Its figures were taken after the last day of the period that the review has."""
    review = report.review
    zone = Tenant.objects.get(pk=review.tenant_id).timezone
    period = [review.period_start.isoformat(), review.period_end.isoformat()]
    return report.figures["period"] == period and report.figured_at >= clock.start_of(
        review.period_end, zone
    )


def _take(report, *, on):
    report.figures = gathered(report.review, language=report.language, on=on)
    report.figured_at = clock.now()


def _changed(report, *, by):
    """What was made of it before is no longer what it says."""
    report.revision += 1
    put_in_line(report, by=by)
    report.save()
    ReportFile.objects.filter(report=report).delete()
