"""The parts of a report: their order, which are shown, and what is said in each."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

TITLES = {
    "promises": _("What we promised last time"),
    "summary": _("The period in figures"),
    "goals": _("Your goals"),
    "value": _("What you gained"),
    "usage": _("How the product is used"),
    "adoption": _("Which features are used"),
    "health": _("Health of our work together"),
    "support": _("Support"),
    "feedback": _("What your people say"),
    "requests": _("What you asked for"),
    "news": _("New for you"),
    "plan": _("What comes next"),
    "definitions": _("What the figures mean"),
}
# It opens the report, whatever the order of the others.
FIRST = "promises"
# Where what people wrote is told: only the answers that were picked, by their ids.
QUOTING = "feedback"
MOST_WORDS = 4000


def shipped() -> list[dict[str, Any]]:
    return [_section(key) for key in TITLES]


def arranged(kept: Iterable[Any]) -> list[dict[str, Any]]:
    """All the sections once: those known in their kept order, then the others.

    `kept` holds keys or sections; what it names that is no section is left out.
    """
    known = {}
    for one in kept:
        section = {"key": one} if isinstance(one, str) else one
        if section.get("key") in TITLES:
            known.setdefault(section["key"], section)
    found = [_section(**_known(section)) for section in known.values()]
    found += [_section(key) for key in TITLES if key not in known]
    return sorted(found, key=lambda section: section["key"] != FIRST)


def moved(sections: list[dict], key: str, by: int) -> list[dict]:
    """The same with one section so many places up (-1) or down; the first stays."""
    place = next(n for n, section in enumerate(sections) if section["key"] == key)
    target = place + by
    if place == 0 or not 0 < target < len(sections):
        return sections
    rest = [section for section in sections if section["key"] != key]
    return [*rest[:target], sections[place], *rest[target:]]


def _known(section):
    names = ("key", "is_on", "words", "picked")
    return {name: section[name] for name in names if name in section}


def _section(key, is_on=True, words="", picked=()):
    section = {"key": key, "is_on": bool(is_on), "words": str(words)[:MOST_WORDS]}
    if key == QUOTING and picked:
        section["picked"] = [str(one) for one in picked]
    return section
