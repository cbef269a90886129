"""Workers make files; what fails says why, and nothing is made twice."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from cs_platform.lib.typesetting import NotTypeset
from messaging.models import Message
from qbr.deck import failing
from qbr.models import Report, ReportFile
from qbr.queries.reports import file_of, why_failed
from qbr.services import making, queueing, reporting
from renewals.models import Logo, OfferTemplate
from tests.factories.accounts import AccountFactory
from tests.qbr.report_world import AT, ON, review_of

pytestmark = pytest.mark.usefixtures("in_tenant")


@pytest.fixture
def report(in_tenant, csm):
    review = review_of(AccountFactory(name="Northwind"))
    return reporting.draft_report(review, by=csm, on=ON)


def told():
    return list(
        Message.objects.filter(kind="review.report").values_list("subject", "path")
    )


def test_its_files_are_made_and_who_asked_is_told(report):
    count = making.make_reports(report.tenant_id, seconds=30)

    done = Report.objects.get()
    assert (count, done.state, done.progress, done.error) == (1, "ready", 100, "")
    assert sorted(ReportFile.objects.values_list("kind", flat=True)) == ["pdf", "pptx"]
    assert told() == [("The report for Northwind is ready", f"/reports/{report.pk}/")]


def test_a_failed_one_says_why_and_can_be_tried_again(report, csm, monkeypatch):
    def broken(*_args, **_kwargs):
        raise NotTypeset("not done in 10 seconds")

    with monkeypatch.context() as patched:
        patched.setitem(making.MAKERS, "pdf", broken)
        making.make_reports(report.tenant_id, seconds=30)
    failed = Report.objects.get()
    queueing.ask_for_files(failed, by=csm)
    making.make_reports(report.tenant_id, seconds=30)

    assert (failed.state, failed.error) == (
        "failed",
        "The pages could not be set, or not in time.\nnot done in 10 seconds",
    )
    assert Report.objects.get().state == "ready"
    assert [subject for subject, _path in told()] == [
        "The report for Northwind could not be made",
        "The report for Northwind is ready",
    ]


def test_whatever_breaks_is_said(report, monkeypatch):
    monkeypatch.setitem(making.MAKERS, "pptx", lambda *_args, **_kwargs: 1 / 0)

    making.make_reports(report.tenant_id, seconds=30)

    failed = Report.objects.get()
    told = why_failed(failed)
    assert failed.state == "failed"
    assert told["said"].startswith("Something broke that nobody foresaw.")
    assert told["detail"] == "ZeroDivisionError: division by zero"
    assert ReportFile.objects.count() == 0


def test_a_logo_that_is_no_picture_is_named_as_the_reason(report):
    logo = Logo.objects.create(
        content=b"no picture", content_type="image/png", width=1, height=1
    )
    OfferTemplate.objects.create(logo=logo)

    making.make_reports(report.tenant_id, seconds=30)

    failed = Report.objects.get()
    with translation.override("ru"):
        russian = why_failed(failed)
    assert (failed.state, why_failed(failed)) == (
        "failed",
        {
            "said": "The logo of the workspace cannot be read: choose another one.",
            "detail": "",
        },
    )
    assert russian["said"].startswith("Логотип")


def test_what_a_dead_worker_left_is_made_by_another(report):
    with time_machine.travel(AT, tick=False):
        left = making._claim(report.tenant_id)
    early = AT + timedelta(seconds=30)

    with time_machine.travel(early, tick=False):
        meanwhile = making.make_reports(report.tenant_id, seconds=30)
    with time_machine.travel(AT + making.LEASE * 2, tick=False):
        later = making.make_reports(report.tenant_id, seconds=30)

    assert (left.pk, meanwhile, later) == (report.pk, 0, 1)
    assert list(Report.objects.values_list("state", "attempts")) == [("ready", 2)]


def test_one_that_kills_its_worker_comes_to_an_end(report):
    for attempt in range(making.ATTEMPTS):
        with time_machine.travel(AT + making.LEASE * 2 * attempt, tick=False):
            making._claim(report.tenant_id)

    with time_machine.travel(AT + making.LEASE * 20, tick=False):
        claimed = making._claim(report.tenant_id)

    assert claimed is None
    assert list(Report.objects.values_list("state", "error")) == [
        ("failed", failing.KILLED)
    ]
    assert told() == [
        ("The report for Northwind could not be made", f"/reports/{report.pk}/")
    ]


def test_what_was_made_of_an_older_revision_is_not_kept(report, csm, monkeypatch):
    def change(*_args, **_kwargs):
        current = Report.objects.get()
        if current.revision == 1:
            reporting.arrange_report(current, ["plan"], revision=1, by=csm)
        return b"made"

    monkeypatch.setitem(making.MAKERS, "pdf", change)
    claimed = making._claim(report.tenant_id)
    making._make(report.tenant_id, claimed)
    between = Report.objects.get()
    making.make_reports(report.tenant_id, seconds=30)

    assert (between.state, file_of(between, "pdf")) == ("waiting", None)
    assert list(Report.objects.values_list("state", "revision")) == [("ready", 2)]


def test_asked_for_while_it_waits_it_waits_on(report, csm):
    Report.objects.update(asked_at=AT)

    queueing.ask_for_files(report, by=csm)

    assert Report.objects.get().asked_at == AT
