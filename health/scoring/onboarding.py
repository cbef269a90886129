"""The shipped card "Onboarding": the first ninety days, asking more as they pass.

The field's 30-60-90: a first value, then a habit of several people, then depth.
"""

from typing import Any

from health.scoring.cards import Definition


def _bands(*steps: tuple[int, int]) -> dict[str, Any]:
    """Points of a hundred from so many on; else none."""
    named = [{"from": least, "points": points} for least, points in steps]
    return {"kind": "bands", "steps": [*named, {"points": 0}]}


def _up_to(best: float) -> dict[str, Any]:
    return {"kind": "scale", "worst": 0, "best": best}


def _first_value(points: int) -> dict[str, Any]:
    return {"kind": "bands", "steps": [{"over": 0, "points": 100}, {"points": points}]}


ONBOARDING: Definition = {
    "method": "weighted",
    "bands": {"green": 80, "amber": 50},
    "groups": [
        {"key": "value", "label": "", "weight": 30},
        {"key": "use", "label": "", "weight": 40},
        {"key": "support", "label": "", "weight": 15},
        {"key": "relations", "label": "", "weight": 15},
    ],
    "measures": [
        {
            # Any key feature used at all; nobody can be late in the first week.
            "key": "first_value",
            "group": "value",
            "signal": "depth",
            "label": "",
            "weight": 100,
            "window": 90,
            "missing": "zero",
            "shape": _first_value(70),
            "ages": [
                {"after_days": 7, "shape": _first_value(40)},
                {"after_days": 14, "shape": _first_value(0)},
            ],
        },
        {
            "key": "active_users",
            "group": "use",
            "signal": "active_users",
            "weight": 35,
            "window": 14,
            "missing": "zero",
            "shape": _bands((1, 100)),
            "ages": [
                {"after_days": 30, "shape": _bands((3, 100), (2, 70), (1, 40))},
                {"after_days": 60, "shape": _bands((5, 100), (3, 70), (2, 30))},
            ],
        },
        {
            "key": "depth",
            "group": "use",
            "signal": "depth",
            "weight": 30,
            "window": 30,
            "missing": "zero",
            "shape": _up_to(0.2),
            "ages": [
                {"after_days": 30, "shape": _up_to(0.4)},
                {"after_days": 60, "shape": _up_to(0.6)},
            ],
        },
        {
            # Silence after the set-up is a known mistake.
            "key": "silence",
            "group": "use",
            "signal": "login_days",
            "label": "",
            "weight": 35,
            "window": 7,
            "settings": {"event": ""},
            "missing": "zero",
            "shape": _bands((1, 100)),
            "ages": [
                {"after_days": 30, "shape": _bands((2, 100), (1, 50))},
                {"after_days": 60, "shape": _bands((3, 100), (2, 70), (1, 30))},
            ],
        },
        {
            "key": "critical_tickets",
            "group": "support",
            "signal": "critical_tickets",
            "weight": 60,
            "missing": "neutral",
            "shape": {
                "kind": "bands",
                "steps": [
                    {"to": 0, "points": 100},
                    {"older_than_days": 3, "points": 0},
                    {"points": 40},
                ],
            },
        },
        {
            # Questions are a good sign here, many of them are not.
            "key": "tickets_opened",
            "group": "support",
            "signal": "tickets_opened",
            "weight": 40,
            "window": 30,
            "missing": "neutral",
            "shape": {"kind": "scale", "worst": 15, "best": 5},
        },
        {
            "key": "decision_maker",
            "group": "relations",
            "signal": "decision_maker",
            "weight": 100,
            "window": 60,
            "missing": "neutral",
            "shape": {
                "kind": "bands",
                "steps": [
                    {"from": 2, "points": 100},
                    {"from": 1, "points": 70},
                    {"points": 0},
                ],
            },
            "ages": [{"after_days": 60, "shape": _bands((2, 100), (1, 40))}],
        },
    ],
    "caps": [],
    "coverage_floor": 0,
    "usage_stale_after_hours": 72,
}
