import csv
import io
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.http import Http404
from openpyxl import load_workbook

from cs_platform.lib.export import harmless, table_response

FORMULAS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://evil.example","x")',
]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_be_a_formula_is_quoted(text):
    assert harmless(text) == f"'{text}"


def test_values_stay_what_they_are():
    values = [Decimal("-1.50"), -3, date(2026, 5, 1), "1C: Алтай", None]

    assert [harmless(value) for value in values] == values
    at = datetime(2026, 5, 1, 10, 30, 1, 9, tzinfo=UTC)
    assert harmless(at) == at.replace(tzinfo=None, microsecond=0)


def test_an_excel_export_has_no_formula():
    rows = [(text, Decimal("-1.50"), "a\x00b\x1f") for text in FORMULAS]

    response = table_response("accounts", "xlsx", ["=name", "mrr", "note"], rows)

    sheet = load_workbook(io.BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [sheet["A1"].value, sheet["B2"].value, sheet["C2"].value] == [
        "'=name",
        -1.5,
        "ab",
    ]
    assert sheet.max_row == len(FORMULAS) + 1


def test_a_csv_export_has_no_formula():
    response = table_response("a", "csv", ["name"], [(text,) for text in FORMULAS])

    text = response.content.decode("utf-8-sig")
    found = [row[0] for row in csv.reader(io.StringIO(text, newline=""))]
    assert found == ["name", *(f"'{text}" for text in FORMULAS)]


def test_an_export_is_a_download():
    response = table_response("Счета", "csv", [], [])

    assert response["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%D0%A1%D1%87%D0%B5%D1%82%D0%B0.csv"
    )
    with pytest.raises(Http404):
        table_response("a", "exe", [], [])


@pytest.mark.slow
def test_a_hundred_thousand_rows_have_no_formula():
    rows = ((FORMULAS[n % len(FORMULAS)],) for n in range(100_000))

    response = table_response("a", "xlsx", ["text"], rows)

    sheet = load_workbook(io.BytesIO(response.content), read_only=True).active
    kinds = Counter(cell.data_type for row in sheet.iter_rows() for cell in row)
    assert kinds == {"s": 100_001}
