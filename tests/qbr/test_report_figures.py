"""Every figure of a report, read back from its files, is the one reckoned apart."""

import re

import pytest
import time_machine
from django.utils import translation

from nps.models import Response
from qbr.figures.definitions import label_of
from qbr.models import Report
from qbr.services import making, reporting
from tenants.scoping import tenant_scope
from tests.qbr import report_oracle, report_papers
from tests.qbr import report_oracle_tables as tables
from tests.qbr.report_world import AT, ON, quarter

LANGUAGES = ["en", "ru"]


def made(tenant, language, **world):
    """The review, and its report with files."""
    with tenant_scope(tenant.pk), time_machine.travel(AT, tick=False):
        review = quarter(tenant, **world)
        review.language = language
        review.save(update_fields=["language"])
        report = reporting.draft_report(review, by=None, on=ON)
        wrote = Response.objects.values_list("pk", flat=True)
        quoted = {"key": "feedback", "is_on": True, "picked": [*wrote]}
        sections = [
            quoted if one["key"] == "feedback" else one for one in report.sections
        ]
        reporting.arrange_report(report, sections, revision=1, by=None)
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_figure_was_before_and_how_it_changed_stands_below_it(tenant, language):
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        made_of = files(report)
        told = wanted(review, language)
        notes = report_oracle.notes(review, language, seats=40, zone=tenant.timezone)
    boxes = [text for one in report_papers.pptx_boxes(made_of["pptx"]) for text in one]
    pdf = " ".join(report_papers.pdf_pages(made_of["pdf"]))
    labels = {key: told[key][0] for key in notes}
    # Of the rows of figures the last: there each section tells all of its own.
    found = {
        key: boxes[len(boxes) - 1 - boxes[::-1].index(label) + 2]
        for key, label in labels.items()
    }

    assert found == notes
    assert {
        key: note
        for key, note in notes.items()
        if f"{labels[key]} {told[key][1]} {note}" not in pdf
    } == {}


TABLES = (
    "promises",
    "goals",
    "values",
    "receipt",
    "tickets",
    "answers",
    "requests",
    "news",
    "plan",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_both_files_is_the_one_reckoned_apart(tenant, language):
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        made_of = files(report)
        expected = expected_tables(review, language, tenant.timezone)
        lines = [tables.unused_keys(review, language), tables.decided(review, language)]
    pdf = " ".join(report_papers.pdf_pages(made_of["pdf"]))
    pptx = report_papers.pptx_rows(made_of["pptx"])
    boxes = [text for one in report_papers.pptx_boxes(made_of["pptx"]) for text in one]

    assert {name: bool(rows) for name, rows in expected.items()} == dict.fromkeys(
        TABLES, True
    )
    assert {
        name: [row for row in rows if row not in pptx]
        for name, rows in expected.items()
    } == {name: [] for name in TABLES}
    assert {
        name: [row for row in rows if " ".join(row) not in pdf]
        for name, rows in expected.items()
    } == {name: [] for name in TABLES}
    assert [line for line in lines if line not in boxes or line not in pdf] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_promised_last_time_stands_on_page_one(tenant, language):
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        made_of = files(report)
        expected = tables.promises(review, language, on=ON)
    pdf = report_papers.pdf_pages(made_of["pdf"])[0]
    pptx = report_papers.pptx_pages(made_of["pptx"])[0]

    assert len(expected) == 6
    assert [row for row in expected if " ".join(row) not in pdf] == []
    assert [row for row in expected if " ".join(row) not in pptx] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_have_no_row_beside_those_reckoned_apart(tenant, language):
    """But their heads and what each figure means."""
    review, report = made(tenant, language)

    with tenant_scope(tenant.pk):
        expected = expected_tables(review, language, tenant.timezone)
        known = report_oracle.features(review, language)
        rows = report_papers.pptx_rows(files(report)["pptx"])
    all_ = [row for one in expected.values() for row in one] + known
    others = [row for row in rows if row not in all_]

    meanings = {one["definition"] for one in report.figures["figures"]}
    heads = {tuple(row) for row in others if row[-1] not in meanings}
    # Promises, goals, value, features, measures, requests open, answers, wishes, news,
    # the next steps (as the promises) and the definitions.
    assert len(heads) == 10


def expected_tables(review, language, zone):
    found = {
        "promises": tables.promises(review, language, on=ON),
        "goals": tables.goals(review, language),
        "values": tables.values(review, language),
        "receipt": tables.RECEIPT[language],
        "tickets": tables.open_tickets(review, language, zone=zone),
        "answers": tables.answers(review, language, zone=zone),
        "requests": tables.requests(review, language),
        "news": tables.news(language),
        "plan": tables.plan(review, language, on=ON),
    }
    return {
        name: [[report_papers.plain(cell) for cell in row] for row in rows]
        for name, rows in found.items()
    }


def on_cover(promised):
    return " · ".join(f"{label} {value}" for label, value in promised.values())
