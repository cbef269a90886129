"""Figures of answers: plain dicts for Plotly, without a colour of their own."""

from typing import Any, NamedTuple

from nps.numbers import Nps


class Month(NamedTuple):
    """What people said in a month, and the page with their answers."""

    label: str
    found: Nps
    href: str


def trend(months: list[Month], words: dict[str, str]) -> dict[str, Any]:
    """NPS month by month with its 95 % interval; a month without answers is a gap."""
    values = [_rounded(month.found.value) for month in months]
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": words["nps"],
        "x": [month.label for month in months],
        "y": values,
        "customdata": [month.href for month in months],
        "text": [f"n = {month.found.n}" for month in months],
        "hovertemplate": "%{y} (%{text})",
        "connectgaps": False,
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [_reach(month.found, 1) for month in months],
            "arrayminus": [_reach(month.found, -1) for month in months],
            "thickness": 1,
            "width": 3,
        },
        # Few answers: an open mark.
        "marker": {
            "size": 8,
            "symbol": [
                "circle-open" if month.found.is_few else "circle" for month in months
            ],
        },
        "meta": {"tone": "accent"},
    }
    layout = {
        "showlegend": False,
        "xaxis": {"type": "category", "tickfont": {"size": 10}},
        "yaxis": {"range": [-105, 105], "tickvals": [-100, -50, 0, 50, 100]},
        "shapes": [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
        ],
    }
    return {"data": [trace], "layout": layout}


def scores(
    counts: list[int], hrefs: list[str], words: dict[str, str]
) -> dict[str, Any]:
    """How many gave each score, told apart by kind without colour, too."""
    kinds = (
        ("detractor", range(0, 7), "5", "/"),
        ("passive", range(7, 9), "muted", ""),
        ("promoter", range(9, 11), "3", "x"),
    )
    data = []
    for kind, of, tone, shape in kinds:
        trace: dict[str, Any] = {
            "type": "bar",
            "name": words[kind],
            "x": [str(score) for score in of],
            "y": [counts[score] for score in of],
            "customdata": [hrefs[score] for score in of],
            "meta": {"tone": tone},
        }
        if shape:
            trace["marker"] = {"pattern": {"shape": shape, "size": 6}}
        data.append(trace)
    layout = {
        "barmode": "overlay",
        "xaxis": {"type": "category"},
        "yaxis": {"rangemode": "tozero", "tickformat": ",d"},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    return {"data": data, "layout": layout}


def _rounded(value):
    return None if value is None else round(value, 1)


def _reach(found: Nps, sign: int):
    """From the value to the end of its interval."""
    if found.value is None or found.low is None or found.high is None:
        return None
    end = found.high if sign > 0 else found.low
    return round(abs(end - found.value), 1)
