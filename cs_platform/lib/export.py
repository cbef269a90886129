"""Tables to take away, as CSV or Excel; no cell of them is ever a formula."""

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from openpyxl import Workbook

# What a spreadsheet takes for the beginning of a formula, full-width forms included,
# also behind white space.
FORMULA = re.compile(r"^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]")
# What XML, and so Excel, cannot hold.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MAX_CELL = 32_767
MAX_ROWS = 100_000


def table_response(name, kind, header, rows) -> HttpResponse:
    """A download called `name`, of `kind` csv or xlsx; 404 for any other.

    Everything is read before it is sent: the scope of the tenant closes with the view.
    """
    writer = _WRITERS.get(kind)
    if writer is None:
        raise Http404
    content_type, write = writer
    response = HttpResponse(write(header, rows), content_type=content_type)
    response["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{iri_to_uri(name)}.{kind}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def harmless(value):
    """The value for a cell: text that would be a formula is quoted with an apostrophe."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, (int, float, Decimal, date)):
        return value
    text = FORBIDDEN.sub("", str(value))[: MAX_CELL - 1]
    return f"'{text}" if FORMULA.match(text) else text


def _csv(header, rows):
    # With a byte order mark: Excel would read UTF-8 as the local code page otherwise.
    text = io.StringIO("\ufeff")
    text.seek(1)
    writer = csv.writer(text)
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _xlsx(header, rows):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([harmless(cell) for cell in header])
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


_WRITERS = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _xlsx,
    ),
}
