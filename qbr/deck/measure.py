"""How wide a text is and into how many lines it falls, in points, as Inter is cut.

The fonts that stand in for Inter elsewhere are narrower: what fits here fits there.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

import fontpkg_inter
from fontTools.ttLib import TTFont

# Heavier letters are wider by so much; Inter widens more in small sizes than we read.
HEAVY = 1.06
LINE = 1.35
_UNKNOWN = "n"
ELLIPSIS = "…"
# Where a line may be broken, unseen.
BREAK = "\N{ZERO WIDTH SPACE}"
# What lines are broken at; blanks that hold together (12 800 ₸) are none of it.
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    widths, per_em = _widths()
    unknown = widths[ord(_UNKNOWN)]
    units = sum(widths.get(ord(letter), unknown) for letter in text)
    return units / per_em * size * (HEAVY if is_bold else 1)


def lines(text: str, room: float, size: float, *, is_bold: bool = False) -> list[str]:
    """The text in lines no wider than the room; a word that is wider is broken."""
    found = []
    for paragraph in text.splitlines() or [""]:
        found += _wrapped(words(paragraph), room, size, is_bold)
    return found


def words(text: str) -> list[str]:
    """What a line is never broken in, unless it is wider than the line."""
    return _BLANKS.sub(" ", text).strip(" ").split(" ")


def breakable(text: str, room: float, size: float, *, is_bold: bool = False) -> str:
    """The text, with breaks for the words that are wider than the room."""

    def broken(word):
        if width(word, size, is_bold=is_bold) <= room:
            return word
        return "".join(map(_after_break, word)).removeprefix(BREAK)

    return "\n".join(" ".join(map(broken, words(line))) for line in text.splitlines())


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


def shortened(
    text: str, room: float, size: float, most_lines: int = 1, *, is_bold: bool = False
) -> str:
    """As much of it as fits, with an ellipsis where something is left out."""
    text = " ".join(words(text))

    def fits(said):
        return len(lines(said, room, size, is_bold=is_bold)) <= most_lines

    if fits(text):
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(_cut(text, middle)) else (low, middle - 1)
    return _cut(text, low)


def _after_break(letter):
    # An accent stays with its letter.
    return letter if unicodedata.combining(letter) else f"{BREAK}{letter}"


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
