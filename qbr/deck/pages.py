"""Blocks onto slides: nothing is cut, nothing overlaps; what does not fit goes on."""

from dataclasses import replace

from qbr.deck import measure
from qbr.deck.slides import BOTTOM, GAP, ROOM, TOP, Block, Chart, Slide, Table, Words

ROOM_DOWN = BOTTOM - TOP


def slides_of(key: str, title: str, blocks: list[Block]) -> list[Slide]:
    """The slides of one section; none without a block."""
    pages: list[list[Block]] = []
    left = 0.0
    for block in blocks:
        rest: Block | None = _fitted(block)
        while rest is not None:
            part, rest = _split(rest, left if pages and pages[-1] else ROOM_DOWN)
            if part is None:
                left = ROOM_DOWN
                pages.append([])
                continue
            if not pages:
                pages.append([])
                left = ROOM_DOWN
            pages[-1].append(part)
            left -= part.height + GAP
            if rest is not None:
                pages.append([])
                left = ROOM_DOWN
    full = [page for page in pages if page]
    return [
        Slide(key, title, tuple(_grown(page)), number, len(full))
        for number, page in enumerate(full, 1)
    ]


def _fitted(block):
    """A table that is a little too long for a slide is made to fit."""
    if not isinstance(block, Table) or block.height <= ROOM_DOWN:
        return block
    return block.compact if block.compact.height <= ROOM_DOWN else block


def _split(block, room):
    """What of it fits into the room, and what is left; None where nothing fits."""
    if isinstance(block, Table):
        return _table(block, room)
    if isinstance(block, Words):
        return _words(block, room)
    least = block.least if isinstance(block, Chart) else block.height
    if least > room and room < ROOM_DOWN:
        return None, block
    return (replace(block, height=room) if isinstance(block, Chart) else block), None


def _table(table, room):
    head, *heights = table.heights
    taken, count = head, 0
    for height in heights:
        if taken + height > room:
            break
        taken, count = taken + height, count + 1
    if count == 0 and room < ROOM_DOWN:
        return None, table
    count = max(count, 1)
    if room >= ROOM_DOWN and count < len(heights):
        count = _shared(head, heights, count)
    rest = table.part(slice(count, None))
    return table.part(slice(count)), rest if rest.rows else None


def _shared(head, heights, most):
    """How many rows a slide has when all slides of the rest have about as much."""
    slides, taken = 1, head
    for height in heights:
        if taken + height > ROOM_DOWN and taken > head:
            slides, taken = slides + 1, head
        taken += height
    share, taken = sum(heights) / slides, 0.0
    for count, height in enumerate(heights, 1):
        taken += height
        if count == most or taken >= share:
            return count
    return most


def _words(words, room):
    """By lines, so that a long paragraph goes on where it broke."""
    if words.height <= room:
        return words, None
    taken: list[str] = []
    rest = list(words.paragraphs)
    while rest:
        left = room - replace(words, paragraphs=tuple(taken)).height
        broken = measure.lines(rest[0], ROOM, words.size)
        count = int((left - words.size / 2) // measure.line_height(words.size))
        if count >= len(broken):
            taken.append(rest.pop(0))
            continue
        if count > 1 or (not taken and room >= ROOM_DOWN):
            count = max(count, 1)
            taken.append(" ".join(broken[:count]))
            rest[0] = " ".join(broken[count:])
        break
    if not taken:
        return None, words
    return (
        replace(words, paragraphs=tuple(taken)),
        replace(words, paragraphs=tuple(rest)) if rest else None,
    )


def _grown(page):
    """A chart that ends its slide takes all the room that is left, to a height that
    still reads as one."""
    if not isinstance(page[-1], Chart):
        return page
    above = sum(block.height + GAP for block in page[:-1])
    return [*page[:-1], replace(page[-1], height=min(ROOM_DOWN - above, 330))]
