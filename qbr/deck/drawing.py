"""A chart as lines, areas and texts in a box: drawn alike in the browser and on paper."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from qbr.deck import measure
from qbr.deck.slides import Chart

SIZE = 11.0
# Up to this the names of lying bars take half of it.
NARROW = 400
INK, FAINT, HAIR, BEHIND = "ink", "faint", "hair", "behind"
ACCENT = "accent"


@dataclass(frozen=True)
class Line:
    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1
    is_dashed: bool = False
    kind: str = "line"


@dataclass(frozen=True)
class Area:
    x: float
    y: float
    width: float
    height: float
    colour: str
    kind: str = "area"


@dataclass(frozen=True)
class Text:
    """`x` is where it begins, ends or has its middle; `y` is its base line."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    colour: str = FAINT
    kind: str = "text"


Mark = Line | Area | Text


def marks(chart: Chart, width: float, *, written) -> list[Mark]:
    """`written` says a value of the axis as the reader's language does."""
    if chart.shape == "bars":
        return _bars(chart, width, written)
    return _upright(chart, width, written)


def below(chart: Chart, caption: float) -> Chart:
    """The chart in what its caption leaves of its height."""
    return replace(chart, height=chart.height - caption)


def as_data(found: list[Mark]) -> list[dict]:
    return [asdict(mark) for mark in found]


def every(categories: Sequence[str], step: float) -> int:
    """Of names that far apart, each how manyth can be read."""
    widest = max(measure.width(text, SIZE) for text in categories) + 8
    return max(1, math.ceil(widest / step))


def ticks(most: float) -> list[float]:
    """Three to six round values from 0 to one that is not less than the most."""
    if most <= 0:
        return [0, 1]
    rough = most / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(one * size for one in (1, 2, 5, 10) if one * size >= rough)
    # Whole things are counted: no line at half a person.
    step = max(step, 1) if most >= 1 else step
    return [step * number for number in range(math.ceil(most / step - 1e-9) + 1)]


def _upright(chart, width, written):
    known = [v for _name, values in chart.series for v in values if v is not None]
    scale = ticks(chart.most or max(known))
    labels = [written(value) for value in scale]
    left = max(measure.width(label, SIZE) for label in labels) + 8
    top, bottom = 30.0, chart.height - 22
    wide = width - left - 4

    def y_of(value):
        return bottom - (bottom - top) * value / scale[-1]

    found: list[Mark] = _legend(chart, left)
    for value, label in zip(scale, labels, strict=True):
        y = y_of(value)
        found.append(Line(((left, y), (width - 4, y)), HAIR, 0.75))
        found.append(Text(left - 6, y + 4, label, "end"))
    step = wide / len(chart.categories)
    found += _categories(chart.categories, left, step, bottom + 16)
    draw = _columns if chart.shape == "columns" else _lines
    return found + draw(chart, left, step, y_of)


def _legend(chart, left):
    """Which mark is which; a chart of one series needs none."""
    if len(chart.series) == 1:
        return []
    found, x = [], left
    for number, (name, _values) in enumerate(chart.series):
        colour = ACCENT if number == 0 else BEHIND
        is_dashed = number > 0 and chart.shape == "lines"
        found.append(Line(((x, 8), (x + 18, 8)), colour, 3, is_dashed))
        found.append(Text(x + 24, 12, name, colour=INK))
        x += 24 + measure.width(name, SIZE) + 24
    return found


def _categories(categories, left, step, y):
    """As many of them as there is room for; the outer ones stay inside."""
    nth, found, free = every(categories, step), [], 0.0
    right = left + step * len(categories) + 4
    for number, text in enumerate(categories):
        half = measure.width(text, SIZE) / 2
        x = min(max(left + step * (number + 0.5), half), right - half)
        if number % nth == 0 and x - half >= free:
            found.append(Text(x, y, text, "middle"))
            free = x + half + 4
    return found


def _columns(chart, left, step, y_of):
    found, count = [], len(chart.series)
    wide = min(step * 0.7 / count, 34)
    for number, (_name, values) in enumerate(chart.series):
        colour = ACCENT if number == 0 else BEHIND
        for place, value in enumerate(values):
            if value:
                x = left + step * (place + 0.5) + wide * (number - count / 2)
                y = y_of(value)
                found.append(Area(x, y, wide - 1, y_of(0) - y, colour))
    return found


def _lines(chart, left, step, y_of):
    found = []
    for number, (_name, values) in reversed(list(enumerate(chart.series))):
        run: list[tuple[float, float]] = []
        for place, value in enumerate([*values, None]):
            if value is not None:
                run.append((left + step * (place + 0.5), y_of(value)))
                continue
            if run:
                found.append(_stroke(run, number))
            run = []
    return found


def _stroke(run, number):
    # A lone value between two gaps would draw nothing: give it some length.
    (x, y), *more = run
    points = run if more else [(x - 4, y), (x + 4, y)]
    colour = BEHIND if number else ACCENT
    return Line(tuple(points), colour, 1.75 if number else 2.5, bool(number))


def _bars(chart, width, written):
    """Lying bars, each with its name before and its value behind it."""
    (_name, values), *_others = chart.series
    most = max(value or 0 for value in values) or 1
    part = 0.36 if width > NARROW else 0.5
    names = [measure.shortened(text, width * part, SIZE) for text in chart.categories]
    left = max(measure.width(name, SIZE) for name in names) + 10
    room = width - left - max(measure.width(written(v or 0), SIZE) for v in values) - 12
    step = min((chart.height - 8) / len(values), 34)
    found: list[Mark] = []
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        y, long = 4 + step * place, room * (value or 0) / most
        middle = y + step / 2 + 4
        found.append(Text(left - 8, middle, name, "end", INK))
        if long:
            found.append(Area(left, y + step * 0.18, long, step * 0.64, ACCENT))
        found.append(Text(left + long + 6, middle, written(value or 0), colour=INK))
    return found
