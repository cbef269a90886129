"""Figures of Plotly as plain dicts; the page gives them their colours."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

WIDTH = 10
STARTS = range(0, 100, WIDTH)
Point = tuple[date, int | None, str]


def trend(points: Iterable[Point], borders: tuple[int, int], *, label: str) -> dict:
    """The score over time, with the two borders of the colours.

    A day is (day, score, colour word); a day without a score is a gap in the line.
    """
    days = list(points)
    return {
        "data": [
            {
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
        ],
        "layout": {
            "yaxis": {"range": [0, 104], "tickvals": [0, *sorted(borders), 100]},
            "xaxis": {"type": "date"},
            "shapes": [_border(score) for score in sorted(borders)],
            "showlegend": False,
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
