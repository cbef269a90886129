"""What the numbers of answers are made of, row by row: the rows add up to the number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)

from accounts.models import Account
from cs_platform.lib.keyset import Order, page_of
from nps import numbers
from nps.models import Response
from nps.queries.answers import NOBODY, Choice
from nps.queries.rates import asked, rated_tickets
from nps.queries.voices import latest

PAGE_SIZE = 50
SENT, SOLVED = (Order(name, descending=True) for name in ("sent_at", "solved_at"))
WEIGHTS = DecimalField(max_digits=24, decimal_places=10)
SIGNS = {numbers.PROMOTER: 1, numbers.PASSIVE: 0, numbers.DETRACTOR: -1}


def invitations(membership, choice: Choice) -> QuerySet:
    """Who was asked: each counts one of the whole, and one of the part who answered."""
    return asked(membership, choice).select_related("account", "contact", "survey")


def tickets(membership, choice: Choice, category: str | None) -> QuerySet:
    """Rated tickets, of one category ("none" is without) or of all."""
    found = rated_tickets(membership, choice).select_related("account")
    if category is None:
        return found
    return found.filter(category="" if category == NOBODY else category)


def page(rows: QuerySet, order: Order, *, after="", before=""):
    """Some of them, the latest first: two queries. Raises BadCursor."""
    found = page_of(rows, order, columns=(), size=PAGE_SIZE, after=after, before=before)
    ids = [row["id"] for row in found.rows]
    known = {row.pk: row for row in rows.filter(pk__in=ids)}
    found.rows[:] = [known[pk] for pk in ids if pk in known]
    return found


@dataclass(frozen=True)
class Voice:
    """One answer of a weighted NPS, and by how much it moves it."""

    answer: Response
    weight: Decimal
    points: float


@dataclass(frozen=True)
class Weighing:
    """The answers of a weighted NPS, the heaviest first, and what they weigh together."""

    rows: QuerySet
    total: Decimal

    def read(self, start: int, end: int) -> list[Voice]:
        """Some of them. Two queries: thousands are sorted by their weight alone."""
        weights = dict(self.rows.values_list("pk", "weight")[start:end])
        rows = Response.objects.select_related("account", "contact")
        known = rows.in_bulk(weights)
        return [self._voice(known[pk], weight) for pk, weight in weights.items()]

    def _voice(self, row, weight) -> Voice:
        sign = SIGNS[numbers.kind_of(row.score)]
        return Voice(row, weight, float(100 * sign * weight / self.total))


def weighing(membership, choice: Choice, by: str, *, on: date) -> Weighing:
    """Weighted by "mrr" (each account counts its own once, shared by those of it who
    answered) or by "role". One query; the rows are yet to be read."""
    rows = latest(membership, choice, on=on)
    if by == "role":
        heaviest = sorted(numbers.ROLE_WEIGHTS.items(), key=lambda pair: -pair[1])
        heavy = [
            When(contact__roles__contains=[role], then=Value(Decimal(weight)))
            for role, weight in heaviest
        ]
        weight = Case(*heavy, default=Value(Decimal(1)), output_field=WEIGHTS)
        rows = rows.annotate(weight=weight)
        total = rows.aggregate(total=Sum("weight"))["total"]
    else:
        rows = rows.filter(account__mrr__gt=0)
        payers = Account.objects.filter(pk__in=rows.values("account"))
        total = payers.aggregate(total=Sum("mrr"))["total"]
        voices = Window(Count("pk"), partition_by=F("account"))
        rows = rows.annotate(weight=F("account__mrr") / voices)
    return Weighing(rows.order_by("-weight", "-pk"), total or Decimal(0))
