"""How wide a text is and into how many lines it falls, in points, as Inter is cut.

The fonts that stand in for Inter elsewhere are narrower: what fits here fits there.
"""

from functools import cache
from pathlib import Path

import fontpkg_inter
from fontTools.ttLib import TTFont

# Heavier letters are wider by so much; Inter widens more in small sizes than we read.
HEAVY = 1.06
LINE = 1.35
_UNKNOWN = "n"
ELLIPSIS = "…"


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    widths, per_em = _widths()
    unknown = widths[ord(_UNKNOWN)]
    units = sum(widths.get(ord(letter), unknown) for letter in text)
    return units / per_em * size * (HEAVY if is_bold else 1)


def lines(text: str, room: float, size: float, *, is_bold: bool = False) -> list[str]:
    """The text in lines no wider than the room; a word that is wider is broken."""
    found = []
    for paragraph in text.splitlines() or [""]:
        found += _wrapped(paragraph.split(), room, size, is_bold)
    return found


def height(text: str, room: float, size: float, *, is_bold: bool = False) -> float:
    """Of all its lines; nothing of no text."""
    if not text:
        return 0
    return len(lines(text, room, size, is_bold=is_bold)) * line_height(size)


def line_height(size: float) -> float:
    return size * LINE


def fitting(text: str, room: float, sizes, most_lines: int, *, is_bold=False) -> float:
    """The first of the sizes in which it takes no more lines; the last when none is."""
    for size in sizes:
        if len(lines(text, room, size, is_bold=is_bold)) <= most_lines:
            return size
    return sizes[-1]


def shortened(text: str, room: float, size: float, most_lines: int = 1) -> str:
    """As much of it as fits, with an ellipsis where something is left out."""
    text = " ".join(text.split())
    if len(lines(text, room, size)) <= most_lines:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        is_short = len(lines(_cut(text, middle), room, size)) <= most_lines
        low, high = (middle, high) if is_short else (low, middle - 1)
    return _cut(text, low)


def _cut(text, length):
    return text[:length].rstrip() + ELLIPSIS


def _wrapped(words, room, size, is_bold):
    found, line = [], ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if width(longer, size, is_bold=is_bold) <= room:
            line = longer
            continue
        if line:
            found.append(line)
        line = word
        while width(line, size, is_bold=is_bold) > room and len(line) > 1:
            head = _head(line, room, size, is_bold)
            found.append(head)
            line = line[len(head) :]
    return [*found, line]


def _head(word, room, size, is_bold):
    """As much of the word as fits, one letter at least."""
    for length in range(len(word) - 1, 0, -1):
        if width(word[:length], size, is_bold=is_bold) <= room:
            return word[:length]
    return word[0]


@cache
def _widths():
    source = Path(fontpkg_inter.__file__).parent / "files" / "Inter[opsz,wght].ttf"
    with TTFont(source, lazy=True) as font:
        advances, letters = font["hmtx"].metrics, font.getBestCmap()
        widths = {code: advances[name][0] for code, name in letters.items()}
        return widths, font["head"].unitsPerEm
