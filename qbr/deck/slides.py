"""What a slide is made of: blocks that know how high they are. All lengths in points."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

from qbr.deck import measure

# A page of 16 to 9, as screens and PowerPoint have it.
WIDTH, HEIGHT, MARGIN = 960, 540, 48
ROOM = WIDTH - 2 * MARGIN
# Between the title and the foot.
TOP, BOTTOM = 108, 496
TITLE_SIZES = (26, 22, 18)
GAP = 16


@dataclass(frozen=True)
class Words:
    """Paragraphs."""

    kind: ClassVar[str] = "words"
    size: ClassVar[float] = 14
    paragraphs: tuple[str, ...]
    is_faint: bool = False
    room: float = ROOM
    # Said where a section has nothing to tell.
    is_nothing: bool = False

    @property
    def height(self) -> float:
        return sum(
            measure.height(text, self.room, self.size) + self.size / 2
            for text in self.paragraphs
        )


@dataclass(frozen=True)
class Stat:
    label: str
    value: str
    # How it changed, and against what.
    note: str = ""


@dataclass(frozen=True)
class Stats:
    """Figures beside each other, large."""

    kind: ClassVar[str] = "stats"
    most: ClassVar[int] = 6
    gap: ClassVar[float] = 12
    # Of a label or a note, in lines; the value always takes one.
    most_lines: ClassVar[int] = 2
    small: ClassVar[float] = 11.5
    large: ClassVar[tuple[float, ...]] = (28, 23, 19, 16, 13, 11, 9)
    value_height: ClassVar[float] = 42
    items: tuple[Stat, ...]

    @property
    def item_width(self) -> float:
        return (ROOM - self.gap * (self.most - 1)) / self.most

    @property
    def label_height(self) -> float:
        return self._height(stat.label for stat in self.items)

    @property
    def note_height(self) -> float:
        return self._height(stat.note for stat in self.items)

    @property
    def height(self) -> float:
        return 8 + self.label_height + self.value_height + self.note_height

    @property
    def largest(self) -> float:
        return max(map(self.value_size, self.items))

    def value_size(self, stat: Stat) -> float:
        return measure.fitting(
            stat.value, self.item_width - 6, self.large, 1, is_bold=True
        )

    def _height(self, texts) -> float:
        room = self.item_width - 4
        most = max(measure.height(text, room, self.small) for text in texts)
        return min(most, self.most_lines * measure.line_height(self.small))


@dataclass(frozen=True)
class Column:
    label: str
    # Its part of the width.
    weight: float
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    kind: ClassVar[str] = "table"
    # As wide as this a word is not broken; nor is a number.
    least: ClassVar[tuple[float, float]] = (120, 175)
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    room: float = ROOM
    size: float = 12
    inset: tuple[float, float] = (7, 5)
    # Of the whole table, where this is a part of one.
    kept_widths: tuple[float, ...] = ()

    @cached_property
    def widths(self) -> tuple[float, ...]:
        """By weight, but no word of a head is broken, and others only if they are very
        long."""
        if self.kept_widths:
            return self.kept_widths
        least = [self._least(place) for place in range(len(self.columns))]
        whole = sum(column.weight for column in self.columns)
        wanted = [self.room * column.weight / whole for column in self.columns]
        lacking = sum(
            max(0, need - has) for need, has in zip(least, wanted, strict=True)
        )
        spare = sum(max(0, has - need) for need, has in zip(least, wanted, strict=True))
        if lacking > spare:
            return tuple(need * self.room / sum(least) for need in least)
        taken = lacking / spare if spare else 0
        return tuple(
            need if has < need else has - (has - need) * taken
            for need, has in zip(least, wanted, strict=True)
        )

    @cached_property
    def heights(self) -> list[float]:
        """Of the head, then of each row."""
        head = tuple(column.label for column in self.columns)
        return [self._height(head, is_bold=True), *map(self._height, self.rows)]

    @property
    def height(self) -> float:
        return sum(self.heights)

    @property
    def compact(self) -> "Table":
        """The same in smaller letters, closer to each other."""
        return replace(self, size=11, inset=(7, 3.5))

    def part(self, rows: slice) -> "Table":
        """Some of its rows, in columns as wide as here."""
        return replace(self, rows=self.rows[rows], kept_widths=self.widths)

    def _least(self, place):
        column = self.columns[place]
        most = self.least[column.is_number]
        head = self._widest(column.label, is_bold=True)
        cells = max((self._widest(row[place]) for row in self.rows), default=0)
        return max(head, min(cells, most)) + 2 * self.inset[0] + 1

    def _widest(self, text, is_bold=False):
        return max(
            measure.width(word, self.size, is_bold=is_bold)
            for word in measure.words(text)
        )

    def _height(self, cells, is_bold=False):
        across, above = self.inset
        return 2 * above + max(
            measure.height(cell, width - 2 * across, self.size, is_bold=is_bold)
            for cell, width in zip(cells, self.widths, strict=True)
        )


@dataclass(frozen=True)
class Chart:
    """Values over categories; the first series is what is told, others stand behind."""

    kind: ClassVar[str] = "chart"
    least: ClassVar[float] = 200
    shape: str  # lines, columns, bars
    title: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    height: float = 260
    most: float | None = None  # of the axis of values

    @property
    def is_empty(self) -> bool:
        """Whether it would show nothing: a line wants two values to go between."""
        told = sum(value is not None for value in self.series[0][1])
        is_drawn = self.shape != "lines" or told > 1
        return not is_drawn or not any(
            value for _name, values in self.series for value in values
        )


Block = Words | Stats | Table | Chart


@dataclass(frozen=True)
class Slide:
    key: str
    title: str
    blocks: tuple[Block, ...]
    # Of a section that goes over several: which one it is, of how many.
    part: int = 1
    parts: int = 1

    @property
    def heading(self) -> str:
        if self.parts == 1:
            return self.title
        return f"{self.title} ({self.part}/{self.parts})"

    @property
    def title_size(self) -> float:
        return measure.fitting(self.heading, ROOM, TITLE_SIZES, 2, is_bold=True)


@dataclass(frozen=True)
class Cover:
    """Page one: whose review it is, and what was promised last time."""

    title: str
    customer: str
    period: str
    company: str
    lines: tuple[str, ...] = ()
    promises_title: str = ""
    # How much of it was kept, in one line.
    promises_kept: str = ""
    promises: Table | None = None
    # Where there are none.
    nothing: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deck:
    """All that a report says, in its language, ready to be set in any form."""

    language: str
    title: str
    author: str
    colour: str
    cover: Cover
    slides: tuple[Slide, ...]
    foot: str
    labels: dict[str, str] = field(default_factory=dict)
