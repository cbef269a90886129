"""What the answers of some days add up to: one place for pages, exports and programs."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    UUIDField,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber, TruncMonth

from accounts.models import Contract
from nps import numbers, themes
from nps.models import Kind
from nps.numbers import Answer, Nps
from nps.queries.answers import MOST_WORDS, NOBODY, Choice, answers

MONTHS = 12
COLUMNS = (
    "score", "account", "contact__roles",
    "account__tier", "account__segment", "account__owner", "account__mrr",
)  # fmt: skip
FACTS = ("tier", "segment", "owner", "mrr")


@dataclass
class Voices:
    """The latest answer of each person, and what its account is."""

    answers: list[Answer]
    accounts: dict[Any, dict]

    @cached_property
    def nps(self) -> Nps:
        return numbers.nps(self.answers)

    @cached_property
    def by_mrr(self) -> Nps:
        mrr = {key: row["mrr"] or Decimal(0) for key, row in self.accounts.items()}
        return numbers.nps(numbers.weighted_by_money(self.answers, mrr))

    @cached_property
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
    for score, account, roles, *facts in rows.order_by().values_list(*COLUMNS):
        accounts[account] = dict(zip(FACTS, facts, strict=True))
        found.append(Answer(score, account=account, roles=tuple(roles or ())))
    return Voices(found, accounts)


def by_plan(membership, choice: Choice, *, on: date) -> dict:
    """By the plans of the contracts in force; who has two counts in both. Two queries."""
    rows = answers(membership, replace(choice, kind=Kind.NPS, latest=True), on=on)
    rows = rows.order_by().exclude(account=None)
    runs = Q(account__contracts__starts_on__lte=on) & (
        Q(account__contracts__ends_on=None) | Q(account__contracts__ends_on__gt=on)
    )
    planned = rows.filter(runs).values_list("account__contracts__plan", "score")
    found: dict = defaultdict(Counter)
    for plan, score, n in planned.annotate(n=Count("pk", distinct=True)):
        found[plan or NOBODY][score] += n
    contracts = Contract.objects.in_force(on).filter(
        tenant=OuterRef("tenant"), account=OuterRef("account")
    )
    without = rows.filter(~Exists(contracts)).values_list("score")
    for score, n in without.annotate(n=Count("pk")):
        found[NOBODY][score] += n
    return {plan: numbers.tally(scores) for plan, scores in found.items()}


def by_month(membership, choice: Choice, *, on: date) -> list[tuple[date, Nps]]:
    """Month by month until the last day chosen, each person once a month. One query."""
    months = _months(choice.until)
    year = replace(choice, kind=Kind.NPS, since=months[0], latest=False)
    zone = ZoneInfo(membership.tenant.timezone)
    month = TruncMonth("answered_at", tzinfo=zone, output_field=DateField())
    rows = answers(membership, year, on=on).order_by().annotate(month=month)
    who = Coalesce(F("contact"), F("pk"), output_field=UUIDField())
    place = Window(
        RowNumber(),
        partition_by=[F("month"), who],
        order_by=[F("answered_at").desc(), F("pk").desc()],
    )
    latest = rows.annotate(place=place).filter(place=1)
    found: dict = defaultdict(Counter)
    for (first, score), n in Counter(latest.values_list("month", "score")).items():
        found[first][score] = n
    return [(first, numbers.tally(found[first])) for first in months]


def spoken(membership, choice: Choice, *, on: date):
    """Topics and words of the answers with words: (topics, words). One query."""
    chosen = replace(choice, kind=Kind.NPS, latest=True, words=True)
    rows = answers(membership, chosen, on=on).order_by("-answered_at", "-pk")
    said = [
        (Answer(score), comment)
        for score, comment in rows.values_list("score", "comment")[:MOST_WORDS]
    ]
    return themes.topics(said), themes.words(said)


def _months(until: date) -> list[date]:
    """The first days of the twelve months up to that of a day."""
    count = until.year * 12 + until.month - 1
    return [
        date(month // 12, month % 12 + 1, 1)
        for month in range(count - MONTHS + 1, count + 1)
    ]
