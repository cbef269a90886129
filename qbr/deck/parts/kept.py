"""What the sections have in common: looking up what was kept of the figures."""

from qbr.deck.slides import Block, Stats, Words
from qbr.deck.written import stat_of

# Which figures a section shows, and so which are explained with it.
SHOWN = {
    "summary": (
        "active_people",
        "seat_share",
        "key_features_used",
        "goals_met",
        "value_hours",
        "health",
        "tickets_opened",
        "csat",
        "nps",
        "kept_ours",
    ),
    "promises": ("kept_ours", "kept_theirs"),
    "goals": ("goals_met",),
    "value": ("value_hours", "value_verified"),
    "usage": ("active_people", "seat_share", "active_days", "uses", "time"),
    "adoption": ("features_used", "key_features_used"),
    "health": ("health",),
    "support": (
        "tickets_opened",
        "tickets_solved",
        "tickets_open",
        "tickets_critical",
        "hours_to_solve",
        "csat",
    ),
    "feedback": ("nps", "nps_answers", "nps_rate"),
    "requests": ("requests_shipped",),
}
MONEY = "value_money:"


def figures(kept: dict, section: str) -> list[dict]:
    """Those of a section that can be told, in its order; money of any currency."""
    found = {one["key"]: one for one in kept["figures"]}
    keys = list(SHOWN.get(section, ()))
    if section in ("value", "summary"):
        keys[-1:-1] = sorted(key for key in found if key.startswith(MONEY))
    told = [found[key] for key in keys if key in found]
    return [one for one in told if one["value"] is not None]


def stats(kept: dict, section: str) -> list[Block]:
    """Its figures in rows."""
    items = [stat_of(one) for one in figures(kept, section)]
    return [
        Stats(tuple(items[first : first + Stats.most]))
        for first in range(0, len(items), Stats.most)
    ]


def said(*sentences: str) -> Words:
    return Words(tuple(sentences))
