"""Scorecards are data: measures, each with steps of which the first that holds counts.

A step holds when the value is `over`, at least `from` or at most `to` a number, when what
it counts is `older_than_days`, or always when it names no condition.
"""

from typing import Any

Definition = dict[str, Any]

POINTS: Definition = {
    "bands": {"green": 80, "amber": 50},
    "measures": [
        {
            "key": "login_days",
            "group": "use",
            "days": 30,
            # The event that counts as a login; empty: any event does.
            "event": "",
            "steps": [
                {"over": 15, "points": 30},
                {"from": 5, "points": 15},
                {"points": 0},
            ],
        },
        {
            "key": "seat_use",
            "group": "use",
            "days": 30,
            "steps": [{"over": 0.5, "points": 20}, {"points": 0}],
        },
        {
            "key": "critical_tickets",
            "group": "support",
            "steps": [
                {"to": 0, "points": 15},
                {"older_than_days": 7, "points": -20},
                {"points": 0},
            ],
        },
        {
            "key": "nps",
            "group": "feedback",
            "steps": [
                {"from": 9, "points": 20},
                {"from": 7, "points": 0},
                {"points": -15},
            ],
        },
        {
            "key": "payments",
            "group": "money",
            "months": 6,
            "steps": [{"to": 0, "points": 15}, {"points": 0}],
        },
    ],
    # A source silent for longer makes the usage measures stale.
    "usage_stale_after_hours": 72,
}


def bands(definition: Definition) -> tuple[int, int]:
    """The lowest score that is green, and the lowest that is amber."""
    return definition["bands"]["green"], definition["bands"]["amber"]


def measure_of(definition: Definition, key: str) -> dict[str, Any]:
    """One measure of a card. Raises KeyError when the card has none of that key."""
    for measure in definition["measures"]:
        if measure["key"] == key:
            return measure
    raise KeyError(key)


def max_points(measure: dict[str, Any]) -> int:
    """The most points a measure can give."""
    return max(step["points"] for step in measure["steps"])


def setting(definition: Definition, key: str, name: str, default: Any) -> Any:
    """A setting of a measure; `default` when the card does not have it."""
    for measure in definition["measures"]:
        if measure["key"] == key:
            return measure.get(name, default)
    return default
