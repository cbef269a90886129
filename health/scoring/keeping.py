"""How a snapshot keeps its measures: as rows of values. Their names would be most of
what is written, and of what stays for good.
"""

from typing import Any

# The place of each name in a row. New ones go to the end: rows are never rewritten.
NAMES = (
    "key",
    "state",
    "points",
    "worth",
    "as_of",
    "value",
    "share",
    "step",
    "n",
    "detail",
    "decay",
    "since",
)
KNOWN = frozenset(NAMES)


def packed(measure: dict[str, Any]) -> list[Any] | dict[str, Any]:
    """What was kept of a measure (`evaluation.kept`) as a row; whole, where a row
    would lose something."""
    if not measure.keys() <= KNOWN:
        return measure
    row = list(map(measure.get, NAMES))
    while row and row[-1] is None:
        row.pop()
    return row


def unpacked(row: list[Any] | dict[str, Any]) -> dict[str, Any]:
    """The measure of a row, as it was before."""
    if isinstance(row, dict):
        return row
    pairs = zip(NAMES, row, strict=False)
    measure = {name: value for name, value in pairs if value is not None}
    if "value" in measure:
        measure.setdefault("as_of", None)
    return measure
