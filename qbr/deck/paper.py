"""A deck as PDF: the same pages as in PowerPoint, set by typst."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation

from cs_platform.lib import typesetting, wording
from qbr.deck import colours, drawing, measure
from qbr.deck.logo import ground
from qbr.deck.placing import (
    BAND,
    Box,
    Said,
    cover_promises,
    cover_texts,
    foot_box,
    number_box,
    placed,
    stat_boxes,
    stat_texts,
    title_box,
)
from qbr.deck.slides import HEIGHT, MARGIN, WIDTH, Deck

SOURCE = Path(__file__).parent / "deck.typ"
CAPTION = 22


def pdf(deck: Deck, *, logo: bytes | None = None, made_at: datetime) -> bytes:
    """Raises `typesetting.NotTypeset` when it cannot be made in time."""
    data, files = _set(deck, logo)
    stamp = int(made_at.timestamp())
    return typesetting.pdf(SOURCE, data, files=files, timestamp=stamp)


def _set(deck, logo):
    with translation.override(deck.language):
        pages = [_cover(deck, logo)]
        pages += [
            _slide(deck, slide, number) for number, slide in enumerate(deck.slides, 2)
        ]
    data = {
        "language": deck.language,
        "title": deck.title,
        "author": deck.author,
        "palette": colours.palette(deck.colour),
        "width": WIDTH,
        "height": HEIGHT,
        "pages": pages,
    }
    return data, {"logo": logo} if logo else {}


def _cover(deck, logo):
    items = [_area(Box(0, 0, BAND, HEIGHT), "band")]
    if logo:
        box = asdict(Box(MARGIN, 40, 180, 52))
        items.append({"kind": "logo", "colour": ground(logo)} | box)
    for said in cover_texts(deck.cover):
        items.append(_text(said, is_title=said.is_bold))
    headings, box, content = cover_promises(deck.cover)
    items += [_text(said) for said in headings]
    if content:
        items += SETTERS[content.kind](box, content)
    return items


def _slide(deck, slide, number):
    box = title_box(slide)
    title = Said(box, slide.heading, slide.title_size, is_bold=True)
    last = len(deck.slides) + 1
    return [
        _area(Box(MARGIN, 32, 40, 3), "accent"),
        _text(title, is_title=True),
        *(
            item
            for at, block in placed(slide)
            for item in SETTERS[block.kind](at, block)
        ),
        _text(Said(foot_box(), deck.foot, 10, "faint")),
        _text(Said(number_box(), f"{number} / {last}", 10, "faint"), align="right"),
    ]


def _text(said, *, align="left", is_title=False) -> dict[str, Any]:
    return {
        "kind": "text",
        **asdict(said.box),
        "size": said.size,
        "colour": said.colour,
        "is_bold": said.is_bold,
        "is_title": is_title,
        "align": align,
        "paragraphs": [_broken(said, said.text)],
    }


def _broken(said, text):
    return measure.breakable(text, said.box.width, said.size, is_bold=said.is_bold)


def _area(box, colour):
    return {"kind": "area", **asdict(box), "colour": colour}


def _words(box, words):
    colour = "faint" if words.is_faint else "ink"
    said = Said(box, "", words.size, colour)
    told = [_broken(said, text) for text in words.paragraphs]
    return [_text(said) | {"paragraphs": told}]


def _stats(box, stats):
    for at, stat in stat_boxes(box, stats):
        yield _area(Box(at.x, at.y, at.width, 1.5), "accent")
        for said in stat_texts(at, stats, stat):
            yield _text(said)


def _table(box, table):
    return [
        {
            "kind": "table",
            "x": box.x,
            "y": box.y,
            "size": table.size,
            "inset": list(table.inset),
            "widths": table.widths,
            "heights": table.heights,
            "head": _cells(table, [one.label for one in table.columns], is_bold=True),
            "numbers": [column.is_number for column in table.columns],
            "rows": [_cells(table, row) for row in table.rows],
        }
    ]


def _cells(table, texts, is_bold=False):
    across = 2 * table.inset[0]
    return [
        measure.breakable(text, width - across, table.size, is_bold=is_bold)
        for text, width in zip(texts, table.widths, strict=True)
    ]


def _chart(box, chart):
    yield _text(Said(Box(box.x, box.y, box.width, CAPTION), chart.title, 13))
    drawn = drawing.below(chart, CAPTION)
    found = drawing.marks(drawn, box.width, written=wording.number)
    yield {
        "kind": "drawing",
        "x": box.x,
        "y": box.y + CAPTION,
        "width": box.width,
        "height": drawn.height,
        "size": drawing.SIZE,
        "marks": drawing.as_data(found),
    }


SETTERS = {"words": _words, "stats": _stats, "table": _table, "chart": _chart}
