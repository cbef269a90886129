"""Figures of Plotly as plain dicts; the page gives them their colours."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from textwrap import wrap
from typing import Any

from cs_platform.lib.wording import MINUS, number

WIDTH = 10
STARTS = range(0, 100, WIDTH)
# Characters of a line of the words beside a bar.
LINE = 22
Point = tuple[date, int | None, str]
Bar = tuple[str, int]


def trend(
    points: Iterable[Point],
    borders: tuple[int, int],
    *,
    label: str,
    computed: tuple[str, list[tuple[date, int | None]]] = ("", []),
    marks: tuple[str, list[Point]] = ("", []),
) -> dict:
    """The score over time, with the two borders of the colours.

    A day is (day, score, colour word); a day without a score is a gap in the line.
    `computed`: a name and what was computed on the days that a person judged; `marks`:
    a name and the days on which something was decided, with words.
    """
    days = list(points)
    line = {
        "type": "scatter",
        "mode": "lines+markers" if len(days) < 15 else "lines",
        "name": label,
        "x": [day.isoformat() for day, _, _ in days],
        "y": [score for _, score, _ in days],
        "text": [word for _, _, word in days],
        "hovertemplate": "%{x}: <b>%{y}</b> %{text}<extra></extra>",
        "line": {"shape": "hv"},
        "connectgaps": False,
        "meta": {"tone": "accent"},
    }
    return {
        "data": [line, *_computed(*computed), *_marks(*marks)],
        "layout": {
            "yaxis": {"range": [0, 104], "tickvals": [0, *sorted(borders), 100]},
            "xaxis": {"type": "date"},
            "shapes": [_border(score) for score in sorted(borders)],
            "showlegend": bool(computed[1] or marks[1]),
        },
    }


def histogram(scores: Mapping[str, Sequence[int | None]]) -> dict:
    """How many accounts have which score, by name of a card; side by side.

    The last bar ends at 100; who has no score is in none.
    """
    tones = ("muted", "accent")
    return {
        "data": [
            {
                "type": "bar",
                "name": name,
                "x": [
                    f"{start}–{start + WIDTH - (start < 100 - WIDTH)}"
                    for start in STARTS
                ],
                "y": [_in_bar(some, start) for start in STARTS],
                "meta": {"tone": tone},
            }
            for (name, some), tone in zip(scores.items(), tones, strict=True)
        ],
        "layout": {"barmode": "group", "xaxis": {"type": "category"}},
    }


def _in_bar(scores: Sequence[int | None], start: int) -> int:
    last = start + WIDTH == 100
    return sum(
        one is not None and start <= one and (one < start + WIDTH or last)
        for one in scores
    )


def waterfall(
    ends: tuple[Bar, Bar],
    parts: list[tuple[str, float]],
    *,
    names: tuple[str, str, str],
) -> dict:
    """From one score to another, each part beginning where the last ended.

    `names`: of a score, of what was gained, of what was lost.
    """
    (first, start), (last, end) = ends
    labels = _unlike([first, *(label for label, _ in parts), last])
    bases: list[float] = []
    level: float = start
    for _label, points in parts:
        bases.append(level)
        level = round(level + points, 2)
    steps = list(zip(labels[1:-1], bases, (p for _, p in parts), strict=True))
    totals = [(labels[0], 0, start), (labels[-1], 0, end)]
    gained = [step for step in steps if step[2] > 0]
    lost = [step for step in steps if step[2] < 0]
    series = zip(
        names,
        (totals, gained, lost),
        ("muted", "accent", "5"),
        ("", "", "/"),
        strict=True,
    )
    return {
        "data": [_steps(*one) for one in series if one[1]],
        "layout": {
            "barmode": "overlay",
            "hovermode": "closest",
            "showlegend": False,
            "xaxis": {"zeroline": True},
            "yaxis": {
                "type": "category",
                "categoryorder": "array",
                "categoryarray": labels[::-1],
                # Every bar is named, however narrow the page.
                "tickmode": "array",
                "tickvals": labels,
                "ticktext": ["<br>".join(wrap(label, LINE)) for label in labels],
                "ticksuffix": " ",
            },
        },
    }


def _steps(name, steps, tone, pattern) -> dict[str, Any]:
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": [label for label, _, _ in steps],
        "x": [points for _, _, points in steps],
        "base": [base for _, base, _ in steps],
        "text": [
            _signed(points) if tone != "muted" else number(points)
            for _, _, points in steps
        ],
        "textposition": "inside" if tone == "muted" else "outside",
        "textangle": 0,
        "cliponaxis": False,
        "hovertemplate": "%{y}: <b>%{text}</b><extra></extra>",
        "meta": {"tone": tone},
    }
    # Told apart without colour: what was lost is hatched.
    if pattern:
        trace["marker"] = {"pattern": {"shape": pattern, "size": 6}}
    return trace


def _signed(points: float) -> str:
    text = number(abs(points))
    return f"+{text}" if points > 0 else f"{MINUS}{text}"


def _unlike(labels: list[str]) -> list[str]:
    """Labels told apart where two are the same: a bar each."""
    seen: dict[str, int] = {}
    unlike = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        unlike.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return unlike


def _computed(name, points) -> list[dict[str, Any]]:
    if not points:
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": [day.isoformat() for day, _ in points],
            "y": [score for _, score in points],
            "line": {"shape": "hv", "dash": "dot"},
            "meta": {"tone": "muted"},
        }
    ]


def _marks(name, points) -> list[dict[str, Any]]:
    if not points:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [day.isoformat() for day, _, _ in points],
            "y": [score for _, score, _ in points],
            "text": [words for _, _, words in points],
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {"symbol": "diamond", "size": 10},
            "meta": {"tone": "3"},
        }
    ]


def _border(score: int) -> dict[str, Any]:
    return {
        "type": "line",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": score,
        "y1": score,
        "line": {"width": 1, "dash": "dot"},
    }
