"""The scorecards that every workspace begins with."""

from health.scoring.cards import Definition

POINTS: Definition = {
    "method": "points",
    "bands": {"green": 80, "amber": 50},
    "groups": [
        {"key": "use", "label": "", "weight": 0},
        {"key": "support", "label": "", "weight": 0},
        {"key": "feedback", "label": "", "weight": 0},
        {"key": "money", "label": "", "weight": 0},
    ],
    "measures": [
        {
            "key": "login_days",
            "group": "use",
            "signal": "login_days",
            "weight": 30,
            "window": 30,
            # The event that counts as a login; empty: any event does.
            "settings": {"event": ""},
            "missing": "zero",
            "shape": {
                "kind": "bands",
                "steps": [
                    {"over": 15, "points": 30},
                    {"from": 5, "points": 15},
                    {"points": 0},
                ],
            },
        },
        {
            "key": "seat_use",
            "group": "use",
            "signal": "seat_use",
            "weight": 20,
            "window": 30,
            "missing": "zero",
            "shape": {
                "kind": "bands",
                "steps": [{"over": 0.5, "points": 20}, {"points": 0}],
            },
        },
        {
            "key": "critical_tickets",
            "group": "support",
            "signal": "critical_tickets",
            "weight": 15,
            "missing": "zero",
            "shape": {
                "kind": "bands",
                "steps": [
                    {"to": 0, "points": 15},
                    {"older_than_days": 7, "points": -20},
                    {"points": 0},
                ],
            },
        },
        {
            "key": "nps",
            "group": "feedback",
            "signal": "nps",
            "weight": 20,
            "missing": "zero",
            "shape": {
                "kind": "bands",
                "steps": [
                    {"from": 9, "points": 20},
                    {"from": 7, "points": 0},
                    {"points": -15},
                ],
            },
        },
        {
            "key": "payments",
            "group": "money",
            "signal": "payments",
            "weight": 15,
            "settings": {"months": 6},
            "missing": "zero",
            "shape": {
                "kind": "bands",
                "steps": [{"to": 0, "points": 15}, {"points": 0}],
            },
        },
    ],
    "caps": [],
    "coverage_floor": 0,
    # A source silent for longer makes the usage measures stale.
    "usage_stale_after_hours": 72,
}
