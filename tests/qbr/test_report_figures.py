"""Every figure of a report, read back from its files, is the one reckoned apart."""

import re

import pytest
import time_machine
from django.utils import translation

from qbr.figures.definitions import label_of
from qbr.models import Report
from qbr.services import making, reporting
from tenants.scoping import tenant_scope
from tests.qbr import report_oracle, report_papers
from tests.qbr.report_world import AT, ON, quarter

LANGUAGES = ["en", "ru"]


def made(tenant, language, **world):
    """The review, and its report with files."""
    with tenant_scope(tenant.pk), time_machine.travel(AT, tick=False):
        review = quarter(tenant, **world)
        review.language = language
        review.save(update_fields=["language"])
        report = reporting.draft_report(review, by=None, on=ON)
        making.make_reports(tenant.pk, seconds=60)
        return review, Report.objects.get(pk=report.pk)


def files(report):
    return {one.kind: bytes(one.content) for one in report.files.all()}


def wanted(review, language):
    """Label and value of each figure, in words."""
    found = report_oracle.figures(review, seats=40, zone=review.account.tenant.timezone)
    with translation.override(language):
        labels = {key: report_papers.plain(label_of(key)) for key in found}
    return {
        key: (labels[key], report_oracle.written(key, value, of, language))
        for key, (value, of) in found.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_powerpoint_is_the_one_reckoned_apart(tenant, language):
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        slides = report_papers.pptx_boxes(files(report)["pptx"])
        told = wanted(review, language)
    boxes = [text for slide in slides for text in slide]
    promised = {key: told.pop(key) for key in ("kept_ours", "kept_theirs")}
    found = {
        key: boxes[boxes.index(label) + 1] if label in boxes else None
        for key, (label, _value) in told.items()
    }

    assert found == {key: value for key, (_label, value) in told.items()}
    assert on_cover(promised) in boxes


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_pdf_is_the_one_reckoned_apart(tenant, language):
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        text = " ".join(report_papers.pdf_pages(files(report)["pdf"]))
        told = wanted(review, language)
    promised = {key: told.pop(key) for key in ("kept_ours", "kept_theirs")}
    missing = {
        key: said for key, said in told.items() if f"{said[0]} {said[1]}" not in text
    }

    assert missing == {}
    assert on_cover(promised) in text
    with tenant_scope(tenant.pk):
        low, high = report_oracle.interval(review, zone=tenant.timezone)
    assert re.search(rf"95% .*NPS.* {low} \w+ {high}\.", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_holds_the_values_reckoned_apart(tenant, language):
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        charts = report_papers.pptx_charts(files(report)["pptx"])
        expected = report_oracle.charts(review, zone=tenant.timezone)

    found = [list(series.values()) for _categories, series in charts]
    assert found == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_stands_in_the_tables_of_both_files(tenant, language):
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        made_of = files(report)
        expected = report_oracle.features(review, language)
    pdf = " ".join(report_papers.pdf_pages(made_of["pdf"]))
    pptx = report_papers.pptx_rows(made_of["pptx"])

    assert [row for row in expected if row not in pptx] == []
    assert [row for row in expected if " ".join(row) not in pdf] == []


def on_cover(promised):
    return " · ".join(f"{label} {value}" for label, value in promised.values())
