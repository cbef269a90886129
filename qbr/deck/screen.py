"""A deck for the browser: what its template needs to draw the same slides."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation

from cs_platform.lib import wording
from qbr.deck import colours, drawing
from qbr.deck.placing import cover_promises
from qbr.deck.slides import ROOM, Block, Chart, Deck, Slide, Stats, Table

# A chart on a phone: drawn anew, so that its letters stay as large.
NARROW = ("narrow", 343)


@dataclass(frozen=True)
class Shown:
    """A slide as the template draws it; the cover has no blocks of its own."""

    number: int
    heading: str
    blocks: list[dict[str, Any]]


def shown(deck: Deck) -> list[Shown]:
    """The slides after the cover, which is number 1."""
    with translation.override(deck.language):
        return [_slide(slide, number) for number, slide in enumerate(deck.slides, 2)]


def cover_blocks(deck: Deck) -> list[dict[str, Any]]:
    """What stands on the right half of the cover."""
    _headings, _box, content = cover_promises(deck.cover)
    return [_block(content)] if content else []


def palette(deck: Deck) -> dict[str, str]:
    return colours.palette(deck.colour)


def _slide(slide: Slide, number: int) -> Shown:
    return Shown(number, slide.heading, [_block(block) for block in slide.blocks])


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Chart):
        return _chart(block)
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Stats):
        sized = [(stat, int(block.value_size(stat))) for stat in block.items]
        return {"kind": block.kind, "stats": sized}
    return {"kind": block.kind, "block": block}


def _table(table):
    rows = [
        [
            {"text": text, "is_number": column.is_number, "label": column.label}
            for text, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]
    whole = sum(table.widths)
    columns = [
        {
            "label": column.label,
            "is_number": column.is_number,
            "width": round(100 * width / whole, 2),
        }
        for column, width in zip(table.columns, table.widths, strict=True)
    ]
    return {
        "kind": "table",
        "columns": columns,
        "rows": rows,
        "is_compact": table.size < 12,
    }


def _chart(chart):
    return {
        "kind": "chart",
        "title": chart.title,
        "drawings": [
            _drawing(chart, name, width) for name, width in (("wide", ROOM), NARROW)
        ],
        "names": [name for name, _values in chart.series],
        "rows": [
            {
                "category": category,
                "values": [values[place] for _name, values in chart.series],
            }
            for place, category in enumerate(chart.categories)
        ],
    }


def _drawing(chart, name, width):
    drawn = drawing.below(chart, 22)
    found = drawing.marks(drawn, width, written=wording.number)
    return {
        "name": name,
        "width": width,
        "height": drawn.height,
        "marks": [
            mark
            if not isinstance(mark, drawing.Line)
            else {
                "kind": "line",
                "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in mark.points),
                "colour": mark.colour,
                "width": mark.width,
                "is_dashed": mark.is_dashed,
            }
            for mark in found
        ],
    }
