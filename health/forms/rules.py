"""The rules that give accounts their scorecards, as they stand in a form."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Stage, Tier
from health.models import CardRule
from health.queries.cards import DEFAULT

MOST = 30


class OrderForm:
    """Rules in order; `was`: the order that was there when somebody began."""

    def __init__(self, rules: list[dict[str, Any]], was: Any, errors: dict[int, str]):
        self.rules, self.was, self.errors = rules, was, errors

    @classmethod
    def of(cls, rules: list[dict[str, Any]]) -> "OrderForm":
        return cls(rules, rules, {})

    @classmethod
    def entered(cls, post, *, cards: Iterable[str]) -> "OrderForm":
        rules, errors, known = [], {}, set(cards)
        while (card := post.get(f"rules.{len(rules)}.card")) and len(rules) < MOST:
            path = f"rules.{len(rules)}"
            if card not in known:
                errors[len(rules)] = _("Choose a scorecard that is in force.")
            rules.append(
                {
                    "card": card,
                    "stages": _among(post.getlist(f"{path}.stages"), Stage.values),
                    "tiers": _among(post.getlist(f"{path}.tiers"), Tier.values),
                    "segments": [
                        one
                        for one in post.getlist(f"{path}.segments")
                        if len(one) <= 60
                    ],
                }
            )
        return cls(rules, _before(post.get("was", "")), errors)

    def act(self, what: str) -> None:
        """Do what a button says: "add", "remove:0", "up:1", "down:0", "move:2:0"."""
        verb, *places = what.split(":")
        if verb == "add" and len(self.rules) < MOST:
            self.rules.append(
                {"card": DEFAULT, "stages": [], "tiers": [], "segments": []}
            )
            return
        at = [int(one) for one in places if one.isdecimal() and len(one) < 3]
        if not at or max(at) >= len(self.rules):
            return
        rule = self.rules.pop(at[0])
        if verb == "remove":
            return
        to = {"up": at[0] - 1, "down": at[0] + 1, "move": at[-1]}.get(verb, at[0])
        self.rules.insert(max(0, to), rule)

    def as_rules(self) -> list[CardRule]:
        """Unsaved, to be asked whom they would catch."""
        return [CardRule(position=n, **rule) for n, rule in enumerate(self.rules, 1)]

    def rows(self, counts: dict[int, int]) -> list[dict[str, Any]]:
        return [
            rule | {"caught": counts.get(n, 0), "error": self.errors.get(n - 1, "")}
            for n, rule in enumerate(self.rules, 1)
        ]


def _among(values: list[str], known: Iterable[str]) -> list[str]:
    return [one for one in known if one in values]


def _before(text: str) -> Any:
    try:
        was = json.loads(text)
    except ValueError:
        return None
    return was if isinstance(was, list) else None
