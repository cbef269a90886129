"""Which accounts each rule catches, asked of the database."""

from collections.abc import Sequence

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from health.models import CardRule
from health.queries.cards import DEFAULT, rules_in_order

NO_RULE = 0


def with_rule(accounts: QuerySet, rules: Sequence[CardRule]) -> QuerySet:
    """Accounts with `rule`: the place, from 1, of the first that matches; else 0."""
    cases = [When(_matches(rule), then=Value(n)) for n, rule in enumerate(rules, 1)]
    place = Case(*cases, default=Value(NO_RULE), output_field=IntegerField())
    return accounts.annotate(rule=place)


def _matches(rule: CardRule) -> Q:
    # Without any wish a rule is for everybody.
    wishes = Q(pk__isnull=False)
    if rule.stages:
        wishes &= Q(lifecycle_stage__in=rule.stages)
    if rule.tiers:
        wishes &= Q(tier__in=rule.tiers)
    if rule.segments:
        wishes &= Q(segment__in=rule.segments)
    return wishes


def caught(accounts: QuerySet, rules: Sequence[CardRule]) -> dict[int, int]:
    """How many accounts each rule catches, by its place; 0: those that none does."""
    found = with_rule(accounts, rules).order_by().values_list("rule")
    return dict(found.annotate(n=Count("pk")))


def scored_by(accounts: QuerySet, name: str) -> QuerySet:
    """The accounts that a scorecard, when in force, is for."""
    rules = rules_in_order()
    places = [n for n, rule in enumerate(rules, 1) if rule.card == name]
    if name == DEFAULT:
        places.append(NO_RULE)
    return with_rule(accounts, rules).filter(rule__in=places)


def accounts_by_card(accounts: QuerySet, names: Sequence[str]) -> dict[str, int]:
    """How many accounts each scorecard in force is for."""
    rules = [rule for rule in rules_in_order() if rule.card in names]
    found = dict.fromkeys(names, 0)
    for place, number in caught(accounts, rules).items():
        found[rules[place - 1].card if place else DEFAULT] += number
    return found
