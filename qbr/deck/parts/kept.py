"""What the sections have in common: looking up what was kept of the figures."""

import math

from django.utils.translation import ngettext

from cs_platform.lib import wording
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
    """Its figures in rows about as long as each other."""
    items = [stat_of(one) for one in figures(kept, section)]
    rows = math.ceil(len(items) / Stats.most)
    each = math.ceil(len(items) / rows) if rows else 1
    return [
        Stats(tuple(items[first : first + each]))
        for first in range(0, len(items), each)
    ]


def said(*sentences: str) -> Words:
    return Words(tuple(sentences))


def nothing(sentence: str) -> Words:
    """Instead of all else a section could have told."""
    return Words((sentence,), is_nothing=True)


def more(kept: dict, table: str) -> list[Block]:
    """How many rows there are beside those that were kept."""
    count = kept.get("more", {}).get(table, 0)
    if not count:
        return []
    said = ngettext("And %(n)s more.", "And %(n)s more.", count)
    return [Words((said % {"n": wording.number(count)},), is_faint=True)]
