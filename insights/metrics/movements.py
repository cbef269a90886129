"""How recurring revenue went from one day to another, account by account."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

ZERO = Decimal(0)
# A zero with two places: sums with it show cents.
CENTS = Decimal("0.00")
# An account that paid nothing for at least this long and pays again came back; one
# that was away for less grew from nothing.
REACTIVATION_GAP_DAYS = 1


class Kind(StrEnum):
    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"
    CURRENCY = "currency"


class Worth(NamedTuple):
    """The MRR of an account at both ends of a period, in the workspace's currency.

    `opening` and `closing` at the rates of the opening day (constant currency);
    `closing_restated` at the rates of the closing day. `away_days`: how long it had
    paid nothing before it came (None: it never paid before). `was_paused`, `is_paused`:
    whether a contract of it was paused at either end.
    """

    opening: Decimal
    closing: Decimal
    closing_restated: Decimal
    away_days: int | None = None
    was_paused: bool = False
    is_paused: bool = False

    @property
    def is_lost(self) -> bool:
        """It paid and does not any more; who only pauses has not left."""
        return self.opening > 0 and self.closing == 0 and not self.is_paused


@dataclass(frozen=True)
class Movements:
    """A period's movements; losses are negative, so that the sum is the closing."""

    opening: Decimal = ZERO
    new: Decimal = ZERO
    expansion: Decimal = ZERO
    contraction: Decimal = ZERO
    churn: Decimal = ZERO
    reactivation: Decimal = ZERO
    currency: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        return self.opening + sum((getattr(self, kind) for kind in Kind), ZERO)

    def with_currency(self, amount: Decimal) -> "Movements":
        return replace(self, currency=amount)

    def rounded(self) -> "Movements":
        """To the cent, and still adding up: what rounding leaves is the rates'."""
        closing = round(self.closing, 2) + ZERO
        parts = {
            field.name: round(getattr(self, field.name), 2) + CENTS
            for field in fields(self)
        }
        whole = Movements(**parts | {"currency": CENTS})
        return whole.with_currency(closing - whole.closing)

    @property
    def gained(self) -> Decimal:
        return self.new + self.expansion + self.reactivation

    @property
    def lost(self) -> Decimal:
        """What churn and contraction took, as a positive amount."""
        return -(self.churn + self.contraction)


def kind_of(worth: Worth, *, gap_days: int = REACTIVATION_GAP_DAYS) -> Kind | None:
    """What happened to the account, rates aside; None when nothing did."""
    if worth.opening == worth.closing:
        return None
    if worth.opening == 0:
        if worth.was_paused:
            return Kind.EXPANSION
        if worth.away_days is None:
            return Kind.NEW
        return Kind.REACTIVATION if worth.away_days >= gap_days else Kind.EXPANSION
    if worth.is_lost:
        return Kind.CHURN
    return Kind.EXPANSION if worth.closing > worth.opening else Kind.CONTRACTION


def movements(
    worth: Worth, *, gap_days: int = REACTIVATION_GAP_DAYS
) -> dict[Kind, Decimal]:
    """The signed amounts by kind; with the opening they sum to the closing."""
    kind = kind_of(worth, gap_days=gap_days)
    amounts = {} if kind is None else {kind: worth.closing - worth.opening}
    if worth.closing_restated != worth.closing:
        amounts[Kind.CURRENCY] = worth.closing_restated - worth.closing
    return amounts


def summed(opening: Decimal, worths: Iterable[Worth]) -> Movements:
    """The movements of a period.

    `opening` is the MRR of all accounts; `worths` need only hold those that moved.
    """
    totals = dict.fromkeys(Kind, ZERO)
    for worth in worths:
        for kind, amount in movements(worth).items():
            totals[kind] += amount
    return Movements(opening=opening, **{str(kind): totals[kind] for kind in Kind})
