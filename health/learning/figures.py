"""Figures of the backtest and of the learned risk: plain dicts for Plotly.

Words come from outside; shapes and lines tell things apart without colour.
"""

from collections.abc import Sequence
from typing import Any

TONES = {"learned": "accent", "draft": "1", "published": "2"}
SYMBOLS = ["circle", "diamond", "square", "triangle-up", "x"]
TENS = [str(ten) for ten in range(0, 100, 10)]
SHARE = {"tickformat": ".0%", "rangemode": "tozero"}


def ranking(block: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    """The AUC of each way with its interval; 0.5 is a coin."""
    ways = list(reversed(block["ways"]))
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "name": "AUC",
                "x": [round(way["value"], 3) for way in ways],
                "y": [words[way["way"]] for way in ways],
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [round(way["high"] - way["value"], 3) for way in ways],
                    "arrayminus": [round(way["value"] - way["low"], 3) for way in ways],
                },
                "marker": {"size": 9},
                "meta": {"tone": "accent"},
            }
        ],
        "layout": {
            "xaxis": {"range": [_from(ways), 1.0], "title": {"text": "AUC"}},
            "yaxis": {"type": "category", "automargin": True},
            "showlegend": False,
        },
    }


def _from(ways) -> float:
    lowest = min(way["low"] for way in ways)
    return max(0.0, min(0.5, lowest) - 0.02)


def shares(series: list[tuple[str, str, list[dict[str, Any]]]], axis: str, words=None):
    """What share was lost in each group, with intervals; a series is (key, name, groups)."""
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": [
                    (words or {}).get(group["key"], group["key"]) for group in groups
                ],
                "y": [round(group["value"], 4) for group in groups],
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [round(g["high"] - g["value"], 4) for g in groups],
                    "arrayminus": [round(g["value"] - g["low"], 4) for g in groups],
                },
                "line": {"dash": "solid" if number == 0 else "dot"},
                "marker": {"symbol": SYMBOLS[number], "size": 8},
                "meta": {"tone": TONES[key]},
            }
            for number, (key, name, groups) in enumerate(series)
        ],
        "layout": {
            "xaxis": {
                "type": "category",
                "title": {"text": axis},
                # A group that only the second series has would stand behind them all.
                "categoryorder": "array",
                "categoryarray": list(words.values()) if words else TENS,
            },
            "yaxis": SHARE,
            "showlegend": len(series) > 1,
        },
    }


def calibration(
    tenths: list[dict[str, Any]], name: str, even: str, axes: tuple[str, str]
):
    """What was foretold against what came true; on the dotted line both are the same."""
    foretold = [round(group["foretold"], 4) for group in tenths]
    end = max([*foretold, *(group["high"] for group in tenths)], default=1)
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "name": even,
                "x": [0, end],
                "y": [0, end],
                "line": {"dash": "dot", "width": 1},
                "meta": {"tone": "muted"},
            },
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": foretold,
                "y": [round(group["value"], 4) for group in tenths],
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [round(g["high"] - g["value"], 4) for g in tenths],
                    "arrayminus": [round(g["value"] - g["low"], 4) for g in tenths],
                },
                "marker": {"size": 8},
                "meta": {"tone": "accent"},
            },
        ],
        "layout": {
            "xaxis": SHARE | {"title": {"text": axes[0]}},
            "yaxis": SHARE | {"title": {"text": axes[1]}},
            "showlegend": False,
        },
    }


def by_months(
    losses: list[dict[str, Any]], sides: Sequence[str]
) -> dict[str, list[int]]:
    """How many losses were warned of how many months ahead; the last: not at all."""
    months = {
        side: [-1 if one[side] is None else one[side] // 30 for one in losses]
        for side in sides
    }
    top = max((max(some, default=0) for some in months.values()), default=0)
    return {
        side: [some.count(n) for n in [*range(top + 1), -1]]
        for side, some in months.items()
    }


def leads(
    months: dict[str, list[int]], sides: list[tuple[str, str]], words: tuple[str, str]
) -> dict[str, Any]:
    """How many losses were warned of how early, in months; the last bar: not at all."""
    return {
        "data": [
            {
                "type": "bar",
                "name": name,
                "x": [*map(str, range(len(months[key]) - 1)), words[1]],
                "y": months[key],
                "marker": {"pattern": {"shape": "/" if number else "", "size": 6}},
                "meta": {"tone": TONES[key]},
            }
            for number, (key, name) in enumerate(sides)
        ],
        "layout": {
            "barmode": "group",
            # Each by its name: those left out would be "not warned" first of all.
            "xaxis": {"type": "category", "title": {"text": words[0]}, "dtick": 1},
            "yaxis": {"rangemode": "tozero"},
            "showlegend": len(sides) > 1,
        },
    }
