"""Figures of contracts: plain dicts for Plotly."""

from datetime import date
from typing import Any


def terms(points: list[tuple[date, float]], *, on: date, until: date) -> dict[str, Any]:
    """What is paid a month from each of the days, up to a day and, dotted, on from it."""
    known = [point for point in points if point[0] <= on]
    ahead = [point for point in points if on < point[0] < until]
    data = []
    if known:
        data.append(_line([*known, (min(on, until), known[-1][1])], dash="solid"))
    if until > on and (known or ahead):
        begin = [(on, known[-1][1])] if known else []
        last = (until, [*begin, *ahead][-1][1])
        data.append(_line([*begin, *ahead, last], dash="dot"))
    layout = {
        "yaxis": {"rangemode": "tozero", "tickformat": ",~r"},
        "showlegend": False,
    }
    return {"data": data, "layout": layout}


def _line(points, *, dash):
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [day.isoformat() for day, _ in points],
        "y": [value for _, value in points],
        # The price of a day runs until the next one begins.
        "line": {"shape": "hv", "dash": dash},
        "meta": {"tone": "accent"},
    }
