"""Figures of the dashboard: plain dicts for Plotly, without a colour of their own."""

from typing import Any, NamedTuple

GAINS = ("new", "expansion", "reactivation")
LOSSES = ("contraction", "churn")
TONES = {
    "new": "1",
    "expansion": "2",
    "reactivation": "3",
    "contraction": "4",
    "churn": "5",
    "currency": "6",
}
HATCHED = {"churn": "/", "contraction": "\\", "currency": "."}


# A category, or Plotly would make dates of the names of months.
MONTHS = {"type": "category", "tickfont": {"size": 10}}
LEGEND = {
    "orientation": "h",
    "traceorder": "normal",
    "x": 0,
    "xanchor": "left",
    "y": 1.02,
    "yanchor": "bottom",
}


class Bar(NamedTuple):
    """One value of a bar chart and the page with the rows behind it."""

    label: str
    value: float
    href: str


def bars(name, points: list[Bar], *, tone, pattern="") -> dict[str, Any]:
    trace: dict[str, Any] = {
        "type": "bar",
        "name": name,
        "x": [point.label for point in points],
        "y": [point.value for point in points],
        "customdata": [point.href for point in points],
        "meta": {"tone": tone},
    }
    # Told apart without colour: what is lost is hatched.
    if pattern:
        trace["marker"] = {"pattern": {"shape": pattern, "size": 6}}
    return trace


def revenue(points: list[Bar], unit: str) -> dict[str, Any]:
    """MRR at the end of each month."""
    return {"data": [bars(unit, points, tone="accent")], "layout": _months(unit)}


def movements(series: dict[str, tuple[str, list[Bar]]], unit: str) -> dict[str, Any]:
    """What was won above the line, what was lost below it, month by month."""
    data = [
        bars(name, points, tone=TONES[kind], pattern=HATCHED.get(kind, ""))
        for kind, (name, points) in series.items()
        if any(point.value for point in points)
    ]
    return {"data": data, "layout": _months(unit) | {"barmode": "relative"}}


def retention(series: list[tuple[str, list[Bar]]]) -> dict[str, Any]:
    """NRR and GRR of the twelve months before each month end; 100 % is the line."""
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": [point.label for point in points],
            "y": [point.value for point in points],
            "customdata": [point.href for point in points],
            "line": {"dash": dash},
            "meta": {"tone": tone},
        }
        for (name, points), tone, dash in zip(
            series, ("accent", "3"), ("solid", "dot"), strict=True
        )
    ]
    layout = {
        "xaxis": MONTHS,
        "legend": LEGEND,
        "yaxis": {"ticksuffix": "%", "rangemode": "normal"},
        "shapes": [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100, "y1": 100}
        ],
    }
    return {"data": data, "layout": layout}


def churn(name: str, points: list[Bar]) -> dict[str, Any]:
    """The share of customers lost in each month."""
    layout = _months("") | {"yaxis": {"ticksuffix": "%", "rangemode": "tozero"}}
    return {"data": [bars(name, points, tone="5", pattern="/")], "layout": layout}


def renewals(stages: list[tuple[str, list[Bar]]], unit: str) -> dict[str, Any]:
    """What comes up for renewal, month by month, by how far it is."""
    tones = ("muted", "1", "2", "3", "4")
    shapes = ("", "", "/", "x", ".")
    data = [
        bars(name, points, tone=tone, pattern=shape)
        for (name, points), tone, shape in zip(stages, tones, shapes, strict=True)
    ]
    return {"data": data, "layout": _months(unit) | {"barmode": "stack"}}


def health(points: list[tuple[str, Bar]], unit: str) -> dict[str, Any]:
    """Accounts by colour."""
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": bar.label,
            "y": [bar.label],
            "x": [bar.value],
            "customdata": [bar.href],
            "text": [f"{bar.value:,.0f}"],
            "textposition": "auto",
            "meta": {"tone": band},
        }
        for band, bar in points
    ]
    layout = {
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {"title": {"text": unit}},
        "yaxis": {"autorange": "reversed"},
    }
    return {"data": data, "layout": layout}


def _months(unit: str) -> dict[str, Any]:
    return {
        "xaxis": MONTHS,
        "yaxis": {"title": {"text": unit}, "rangemode": "tozero"},
        "legend": LEGEND,
    }
