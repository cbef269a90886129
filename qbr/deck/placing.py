"""Where everything stands on a page: the same in PowerPoint and on paper."""

from dataclasses import dataclass

from qbr.deck import measure
from qbr.deck.slides import (
    GAP,
    MARGIN,
    ROOM,
    TOP,
    Block,
    Cover,
    Slide,
    Stat,
    Stats,
    Table,
    Words,
)

BAND = 372.0
BAND_ROOM = BAND - 2 * MARGIN + 16
RIGHT = BAND + 24
NAME_SIZES = (34, 28, 22, 17, 13, 11)
NAME_LINES, FEW_LINES = 7, 4
COVER_TOP, COVER_BOTTOM = 112.0, 520.0
# From the top of a line down to what letters stand on, of its size.
ASCENT = 0.97


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Said:
    """A text in its box: whole lines of it, at a size."""

    box: Box
    text: str
    size: float
    colour: str = "ink"
    is_bold: bool = False


def placed(slide: Slide) -> list[tuple[Box, Block]]:
    """Each block with its box, from the top down."""
    found, y = [], float(TOP)
    for block in slide.blocks:
        found.append((Box(MARGIN, y, ROOM, block.height), block))
        y += block.height + GAP
    return found


def title_box(slide: Slide) -> Box:
    return Box(MARGIN, 40, ROOM, 62)


def foot_box() -> Box:
    return Box(MARGIN, 508, ROOM - 60, 16)


def number_box() -> Box:
    return Box(MARGIN + ROOM - 60, 508, 60, 16)


def stat_boxes(box: Box, stats: Stats) -> list[tuple[Box, Stat]]:
    step = stats.item_width + stats.gap
    return [
        (Box(box.x + step * number, box.y, stats.item_width, box.height), stat)
        for number, stat in enumerate(stats.items)
    ]


def stat_texts(box: Box, stats: Stats, stat: Stat) -> list[Said]:
    """Label, value and note, each in room of its own."""
    room, small = box.width - 4, stats.small
    label = measure.shortened(stat.label, room, small, stats.most_lines)
    note = measure.shortened(stat.note, room, small, stats.most_lines)
    below = box.y + 8 + stats.label_height
    last = below + stats.value_height
    size = stats.value_size(stat)
    # All values of a row stand on one line, whatever their size.
    lower = ASCENT * (stats.largest - size)
    return [
        Said(
            Box(box.x, box.y + 8, box.width, stats.label_height), label, small, "faint"
        ),
        Said(
            Box(box.x, below + lower, box.width, stats.value_height - lower),
            stat.value,
            size,
            is_bold=True,
        ),
        Said(Box(box.x, last, box.width, stats.note_height), note, small, "faint"),
    ]


def name_size(cover: Cover) -> float:
    """Smaller for a longer name of the customer, and where more stands beside it."""
    return next(said.size for said in cover_texts(cover) if said.is_bold)


def cover_texts(cover: Cover) -> list[Said]:
    """On the coloured band, below the logo: whole, in the largest size of the name in
    which all of it has room."""
    found: list[Said] = []
    for size in NAME_SIZES:
        found = _band(cover, size)
        if len(measure.lines(cover.customer, BAND_ROOM, size, is_bold=True)) > (
            NAME_LINES
        ):
            continue
        if found[-1].box.y + found[-1].box.height <= COVER_BOTTOM:
            return found
    return _band(cover, NAME_SIZES[-1], most=FEW_LINES)


def _band(cover, size, most=100):
    """`most`: lines of whatever is not the customer's name."""
    parts = [
        (cover.company, 13, False),
        (cover.title, 16, False),
        (cover.customer, size, True),
        (cover.period, 13, False),
        *((line, 12, False) for line in cover.lines),
    ]
    found, y = [], COVER_TOP
    for text, points, is_bold in parts:
        if not text:
            continue
        count = NAME_LINES if is_bold else most
        short = measure.shortened(text, BAND_ROOM, points, count, is_bold=is_bold)
        high = measure.height(short, BAND_ROOM, points, is_bold=is_bold)
        box = Box(MARGIN, y, BAND_ROOM, high)
        found.append(Said(box, short, points, "on", is_bold))
        y += high + 12
    return found


def cover_promises(cover: Cover) -> tuple[list[Said], Box, Table | Words | None]:
    """Headings, room and what stands in it, on the right half of the cover."""
    table = cover.promises
    room = Box(RIGHT, 118, 516, table.height if table else 60)
    if not cover.promises_title:
        return [], room, None
    heading = Said(Box(RIGHT, 56, 516, 30), cover.promises_title, 20, is_bold=True)
    kept = Said(Box(RIGHT, 88, 516, 20), cover.promises_kept, 13, "faint")
    said = [heading, kept] if cover.promises_kept else [heading]
    return said, room, table or Words((cover.nothing,), room=516)
