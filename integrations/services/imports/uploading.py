from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.services import KINDS
from integrations import headers, reading, tabular
from integrations.models import ImportLine, ImportRun
from tenants.services import record_audit

SENTENCES = {
    "excel": _("This is an Excel file. Save it as CSV and bring that."),
    "empty": _("The file is empty."),
    "binary": _("Line %(line)s: this is no text."),
    "encoding": _("Line %(line)s: this is not %(encoding)s. Save the file as UTF-8."),
    "no_rows": _("There is a header and nothing below it."),
    "cell_too_long": _("Line %(line)s: a cell is too long (20,000 characters)."),
    "too_many_rows": _("Line %(line)s: more than 100,000 rows. Cut the file in parts."),
    "too_many_columns": _("Line 1: more than 200 columns."),
    "nameless_column": _("Line 1: column %(column)s has no name."),
    "column_twice": _("Line 1: there are two columns “%(column)s”."),
}

GUESSED = _(
    "Every day in the file could be day-month or month-day. It is read as day-month:"
    " 03-04-2026 is 3 April."
)


def sentence(error: tabular.BadTable) -> str:
    """Why a file cannot be read, for people."""
    return str(SENTENCES[error.code]) % {"line": error.line, **error.details}


def upload_file(*, kind: str, name: str, content: bytes, by, encoding="") -> ImportRun:
    """Keep a file and what it looks like; nothing of it is imported yet.

    The columns are guessed from their names. Raises tabular.BadTable for a file that
    is no table.
    """
    shape = tabular.inspect(content, encoding)
    guessed = headers.guess(kind, shape.header)
    run = ImportRun.objects.create(
        kind=kind,
        file_name=name[:200],
        content=content,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        header=shape.header,
        mapping={field: {"column": column} for field, column in guessed.items()},
        row_count=shape.row_count,
        by=by,
    )
    record_audit("import.uploaded", run, by=by, after={"kind": kind, "file": name})
    return run


def table(run: ImportRun):
    """The rows of the run's file."""
    text = tabular.decode(bytes(run.content), run.encoding)
    return tabular.rows(text, run.delimiter, run.header)


def name_columns(run: ImportRun, *, mapping: dict, day_order="", keeps_rest=False):
    """Say which column is which field; the file is to be checked anew."""
    run.mapping, run.keeps_rest, run.notes = mapping, keeps_rest, []
    run.day_order = day_order or _told_order(run)
    begin(run, ImportRun.Status.CHECKING)
    ImportLine.objects.filter(run=run).delete()


def _told_order(run):
    kind = KINDS[run.kind]
    columns = [
        source["column"]
        for name, source in run.mapping.items()
        if source.get("column")
        and name not in ("external_id", "account", "owner")
        and isinstance(kind.field(name), models.DateField)
    ]
    values = [row.cells.get(c, "") for row in table(run) for c in columns]
    order, is_told = reading.day_order(values)
    if not is_told:
        run.notes = [str(GUESSED)]
    return order


def begin(run: ImportRun, status):
    """Put the run at its first row again."""
    run.status, run.rows_done = status, 0
    run.created = run.updated = run.unchanged = run.bad = 0
    run.save()
