"""What the answers of some days add up to: one place for pages, exports and programs."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Contract
from cs_platform.lib import clock
from nps import numbers, themes
from nps.models import Kind
from nps.numbers import Answer, Nps
from nps.queries.answers import MOST_WORDS, NOBODY, Choice, answers

MONTHS = 12
COLUMNS = (
    "pk", "score", "answered_at", "contact", "account", "contact__roles",
    "account__tier", "account__segment", "account__owner", "account__mrr",
)  # fmt: skip


@dataclass(frozen=True)
class Voices:
    """The latest answer of each person, and what its account is."""

    answers: list[Answer]
    accounts: dict[Any, dict]

    @property
    def nps(self) -> Nps:
        return numbers.nps(self.answers)

    @property
    def by_mrr(self) -> Nps:
        mrr = {key: row["mrr"] or Decimal(0) for key, row in self.accounts.items()}
        return numbers.nps(numbers.weighted_by_money(self.answers, mrr))

    @property
    def by_role(self) -> Nps:
        return numbers.nps(numbers.weighted_by_role(self.answers))

    def grouped(self, name: str) -> dict:
        """By role, or by what its account says: tier, segment, owner."""
        if name == "role":
            return numbers.grouped(self.answers, lambda one: one.roles or (NOBODY,))
        return numbers.grouped(
            [one for one in self.answers if one.account],
            lambda one: (self.accounts[one.account][name] or NOBODY,),
        )

    @property
    def scores(self) -> list[int]:
        """How many gave 0, 1 … 10."""
        given = [one.score for one in self.answers]
        return [given.count(score) for score in range(11)]


def voices(membership, choice: Choice, *, on: date) -> Voices:
    """What NPS is made of: one query."""
    rows = answers(membership, replace(choice, kind=Kind.NPS, latest=True), on=on)
    accounts: dict = {}
    found = []
    for pk, score, at, who, account, roles, *facts in rows.order_by().values_list(
        *COLUMNS
    ):
        accounts[account] = dict(
            zip(("tier", "segment", "owner", "mrr"), facts, strict=True)
        )
        found.append(Answer(score, at, who, account, tuple(roles or ()), id=str(pk)))
    return Voices(found, accounts)


def by_plan(found: Voices, *, on: date) -> dict:
    """By the plans of the contracts in force; who has two counts in both. One query."""
    plans = defaultdict(set)
    contracts = Contract.objects.in_force(on).filter(
        account__in=set(found.accounts) - {None}
    )
    for account, plan in contracts.values_list("account", "plan"):
        plans[account].add(plan or NOBODY)
    return numbers.grouped(
        [one for one in found.answers if one.account],
        lambda one: plans[one.account] or (NOBODY,),
    )


def by_month(membership, choice: Choice, *, on: date) -> list[tuple[date, Nps]]:
    """Month by month until the last day chosen, each person once a month. One query."""
    months = _months(choice.until)
    year = replace(choice, kind=Kind.NPS, since=months[0])
    rows = answers(membership, year, on=on).order_by()
    zone = membership.tenant.timezone
    found = defaultdict(list)
    for pk, score, at, who in rows.values_list("pk", "score", "answered_at", "contact"):
        month = clock.day_of(at, zone).replace(day=1)
        found[month].append(Answer(score, at, who=who, id=str(pk)))
    return [(month, numbers.nps(numbers.latest(found[month]))) for month in months]


def spoken(membership, choice: Choice, *, on: date):
    """Topics and words of the answers with words: (topics, words). One query."""
    chosen = replace(choice, kind=Kind.NPS, latest=True, words=True)
    rows = answers(membership, chosen, on=on).order_by("-answered_at", "-pk")
    said = [
        (Answer(score, at, id=str(pk)), comment)
        for pk, score, at, comment in rows.values_list(
            "pk", "score", "answered_at", "comment"
        )[:MOST_WORDS]
    ]
    return themes.topics(said), themes.words(said)


def _months(until: date) -> list[date]:
    """The first days of the twelve months up to that of a day."""
    count = until.year * 12 + until.month - 1
    return [
        date(month // 12, month % 12 + 1, 1)
        for month in range(count - MONTHS + 1, count + 1)
    ]
