"""Workers make the files of reports: counted, leased, and never twice for one state."""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.utils.functional import lazy

from cs_platform.lib import clock
from messaging.models import Channel
from messaging.services import announce
from qbr.deck import failing, paper, powerpoint, wording
from qbr.deck.composing import deck_of
from qbr.models import Report, ReportFile, ReportState
from qbr.queries.reports import look
from tenants.scoping import tenant_scope

logger = logging.getLogger(__name__)

MAKERS = {"pdf": paper.pdf, "pptx": powerpoint.powerpoint}
# A worker that does not come back within this has died; far longer than a report takes.
LEASE = timedelta(minutes=2)
ATTEMPTS = 3


def make_reports(tenant_id: int, *, seconds: float) -> int:
    """Make the files that are due in one workspace, one report at a time, for a while.

    The attempt is counted and committed before the work, so that a report that kills
    its worker comes to an end too. Any number may run at once. Returns how many.
    """
    until, count = time.monotonic() + seconds, 0
    while report := _claim(tenant_id):
        _make(tenant_id, report)
        count += 1
        if time.monotonic() > until:
            break
    return count


def has_more(tenant_id: int) -> bool:
    """Whether reports of the workspace still wait for somebody."""
    with tenant_scope(tenant_id):
        return Report.objects.due(clock.now()).exists()


def _claim(tenant_id):
    """The next report with its attempt counted, or None."""
    with tenant_scope(tenant_id), transaction.atomic():
        while report := _next():
            if report.attempts >= ATTEMPTS:
                _end(report, ReportState.FAILED, failing.KILLED)
                _tell(report, wording.failed)
                continue
            report.state, report.progress = ReportState.MAKING, 5
            report.attempts += 1
            report.leased_until = clock.now() + LEASE
            report.save(
                update_fields=[
                    "state",
                    "progress",
                    "attempts",
                    "leased_until",
                    "updated_at",
                ]
            )
            return report
    return None


def _next():
    due = Report.objects.due(clock.now()).order_by("asked_at", "id")
    due = due.select_related("review__account", "asked_by")
    return due.select_for_update(skip_locked=True, of=("self",)).first()


def _make(tenant_id, report):
    """Its files, made of what it keeps alone; nothing is held locked meanwhile."""
    try:
        made = _files(tenant_id, report)
    except Exception as error:  # noqa: BLE001 (whatever it is, the report says so)
        logger.exception("report %s could not be made", report.pk)
        _fail(tenant_id, report, failing.reason_of(error))
    else:
        _keep(tenant_id, report, made)


def _files(tenant_id, report):
    with tenant_scope(tenant_id):
        style = look()
    deck = deck_of(
        report.figures,
        report.sections,
        language=report.language,
        colour=style.colour,
        is_frozen=report.frozen_at is not None,
    )
    made = {}
    for number, (kind, make) in enumerate(MAKERS.items(), 1):
        made[kind] = make(deck, logo=style.logo, made_at=clock.now())
        with tenant_scope(tenant_id):
            _same(report).update(progress=5 + 90 * number // len(MAKERS))
    return made


def _keep(tenant_id, report, made):
    """The files, unless the report was changed meanwhile: then it waits again already."""
    with tenant_scope(tenant_id), transaction.atomic():
        current = _same(report).select_for_update().first()
        if current is None:
            return
        at = clock.now()
        ReportFile.objects.filter(report=current).delete()
        ReportFile.objects.bulk_create(
            ReportFile(
                report=current,
                kind=kind,
                content=content,
                size=len(content),
                made_at=at,
            )
            for kind, content in made.items()
        )
        current.made_at = at
        _end(current, ReportState.READY, "")
        _tell(report, wording.ready)


def _fail(tenant_id, report, reason):
    with tenant_scope(tenant_id), transaction.atomic():
        current = _same(report).select_for_update().first()
        if current is not None:
            _end(current, ReportState.FAILED, reason)
            _tell(report, wording.failed)


def _end(report, state, error):
    report.state, report.error, report.leased_until = state, error, None
    report.progress = 100 if state == ReportState.READY else 0
    report.save()


def _same(report):
    """The report as this worker took it: neither changed nor taken by another."""
    return Report.objects.filter(
        pk=report.pk,
        revision=report.revision,
        attempts=report.attempts,
        state=ReportState.MAKING,
    )


def _tell(report, words):
    """Who asked, in the application: they may have left the page."""
    if report.asked_by is None:
        return
    announce(
        to=report.asked_by,
        kind="review.report",
        subject=lazy(lambda: words(report.review.account.name), str)(),
        path=f"/reports/{report.pk}/",
        unique_key=f"report:{report.pk}:{report.asked_at.isoformat()}",
        channels=(Channel.IN_APP,),
    )
