"""A row of a table made into what `save_items` takes, or into reasons why not."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.services import KINDS
from integrations import headers, reading
from integrations.models import ImportRun
from integrations.tabular import Row

REASONS = {
    "day": _("This is no day, as in 2026-01-31 or 31.01.2026."),
    "amount": _("This is no number, as in 1200.50 or 1 200,50."),
    "ambiguous_amount": _(
        "This can be read two ways: write 1234 or 1.23, without a third decimal."
    ),
    "integer": _("This is no whole number."),
    "boolean": _("This is neither yes nor no."),
}


@dataclass
class Reading:
    """One line: the item it says, or what is wrong with it, by column."""

    line: int
    cells: dict[str, str]
    item: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, str]] = field(default_factory=list)


class RowReader:
    """Reads rows as a run's mapping says."""

    def __init__(self, run: ImportRun, *, zone: str):
        self.kind = KINDS[run.kind]
        self.mapping, self.zone = run.mapping, zone
        self.order = run.day_order or reading.DAY_FIRST
        used = {source.get("column") for source in run.mapping.values()}
        self.rest = [c for c in run.header if c not in used] if run.keeps_rest else []
        self.width = len(run.header)

    def read(self, row: Row) -> Reading:
        result = Reading(row.line, row.cells)
        if row.wrong_width is not None:
            reason = _("The line has %(found)s cells, the header has %(wanted)s.") % {
                "found": row.wrong_width,
                "wanted": self.width,
            }
            result.faults.append({"column": "", "value": "", "reason": str(reason)})
            return result
        for name in self.mapping:
            self._field(name, row, result)
        if self.rest:
            kept = {c: row.cells[c] for c in self.rest if row.cells[c].strip()}
            result.item["custom"] = kept
        self._infer_status(result.item)
        return result

    def _field(self, name, row, result):
        source = self.mapping[name]
        column = source.get("column")
        text = (row.cells[column] if column else source["value"]).strip()
        try:
            if text or name == "external_id":
                result.item[name] = self._value(name, text)
            else:
                self._empty(name, result.item)
        except reading.Unreadable as error:
            reason = str(REASONS[error.code])
            result.faults.append(self.fault(result, name, reason))

    def _empty(self, name, item):
        """An empty cell empties what can be empty; else it says nothing."""
        if name in ("account", "author", *self.kind.required):
            return
        column = self.kind.field(name)
        if column.null:
            item[name] = None
        elif column.blank and isinstance(column, models.CharField):
            item[name] = ""

    def _value(self, name, text):
        if name in ("external_id", "account", "owner"):
            return text
        column = self.kind.field(name)
        if isinstance(column, ArrayField):
            return [headers.choice(name, word) for word in reading.to_list(text)]
        if column.choices:
            return headers.choice(name, reading.to_name(text))
        if isinstance(column, models.DateTimeField):
            return reading.to_instant(text, self.zone, self.order)
        if isinstance(column, models.DateField):
            return reading.to_day(text, self.order)
        return _PLAIN.get(type(column), str)(text)

    def _infer_status(self, item):
        """A ticket table that tells no status still tells whether it was solved."""
        if self.kind.name == "ticket" and "status" not in self.mapping:
            item["status"] = "solved" if item.get("solved_at") else "open"

    def fault(self, reading: Reading, name: str, reason: str) -> dict[str, str]:
        """What is wrong with a field, in the words of the file."""
        source = self.mapping.get(name, {})
        column = source.get("column") or name
        value = reading.cells.get(column, source.get("value", ""))
        return {"column": column, "value": value[:100], "reason": reason}


_PLAIN = {
    models.DecimalField: reading.to_amount,
    models.PositiveIntegerField: reading.to_integer,
    models.PositiveSmallIntegerField: reading.to_integer,
    models.BooleanField: reading.to_boolean,
}
