"""Tables as people export them: which encoding, which delimiter, which line is which.

Every refusal names the line.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

ENCODINGS = ("utf-8", "windows-1251")
DELIMITERS = (",", ";", "\t")
MAX_BYTES = 10 * 2**20
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELL = 20_000  # characters

_UNPRINTED = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class BadTable(Exception):
    """The file cannot be read as a table; says in which line and why."""

    def __init__(self, code: str, line: int = 1, **details):
        super().__init__(code)
        self.code, self.line, self.details = code, line, details


@dataclass(frozen=True)
class Shape:
    """How a file is to be read."""

    encoding: str
    delimiter: str
    header: list[str]
    row_count: int


@dataclass(frozen=True)
class Row:
    """One row of the table: its line in the file, and its cells by column."""

    line: int
    cells: dict[str, str]
    # How many cells it has when that is not how many the header has.
    wrong_width: int | None = None


def inspect(content: bytes, encoding: str = "") -> Shape:
    """What kind of table the bytes are. Raises BadTable."""
    if content[:4] == b"PK\x03\x04":
        raise BadTable("excel")
    if not content.strip():
        raise BadTable("empty")
    found = _UNPRINTED.search(content)
    if found and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadTable("binary", _line_of(content, found.start()))
    encoding = encoding or _encoding(content)
    text = decode(content, encoding)
    delimiter = _delimiter(text)
    header = _header(text, delimiter)
    row_count = sum(1 for _ in rows(text, delimiter, header))
    if row_count == 0:
        raise BadTable("no_rows")
    return Shape(encoding, delimiter, header, row_count)


def decode(content: bytes, encoding: str) -> str:
    """The text of the file. Raises BadTable with the line that is not of the encoding."""
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = _line_of(content, error.start)
        raise BadTable("encoding", line, encoding=encoding) from None


def rows(text: str, delimiter: str, header: list[str]) -> Iterator[Row]:
    """The rows below the header; empty lines are passed over. Raises BadTable."""
    reader = _reader(text, delimiter)
    next(reader)
    count, line = 0, reader.line_num + 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise BadTable("cell_too_long", line) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MAX_ROWS:
                raise BadTable("too_many_rows", line)
            wrong = len(cells) if len(cells) != len(header) else None
            yield Row(line, dict(zip(header, cells, strict=False)), wrong)
        line = reader.line_num + 1


def _reader(text, delimiter):
    csv.field_size_limit(MAX_CELL)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _line_of(content, position):
    return content.count(b"\n", 0, position) + 1


def _encoding(content):
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _looks_cyrillic(content):
            return "windows-1251"
        line = _line_of(content, error.start)
        raise BadTable("encoding", line, encoding="utf-8") from None
    return "utf-8"


def _looks_cyrillic(content):
    """Whether the high bytes are letters of windows-1251, but for a few signs."""
    high = [byte for byte in content if byte >= 0x80]
    letters = sum(byte >= 0xC0 or byte in (0xA8, 0xB8, 0xB9, 0xA0) for byte in high)
    return 0x98 not in high and letters >= 0.9 * len(high)


def _delimiter(text):
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=outside.count)


def _header(text, delimiter):
    try:
        names = [name.strip() for name in next(_reader(text, delimiter))]
    except csv.Error:
        raise BadTable("cell_too_long") from None
    if len(names) > MAX_COLUMNS:
        raise BadTable("too_many_columns")
    if not all(names):
        raise BadTable("nameless_column", column=names.index("") + 1)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadTable("column_twice", column=twice)
    return names
