"""What was kept of the revenue and of the customers there were at the opening."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from insights.metrics.movements import ZERO, Movements, Worth

NO_LOSSES: Literal["no losses"] = "no losses"


@dataclass(frozen=True)
class Cohort:
    """The accounts with MRR at the opening, and nobody else: later ones never enter.

    `kept` is the sum of min(opening, closing) of each account: one customer's growth
    never pays for another's loss. All at the opening's rates.
    """

    accounts: int = 0
    lost_accounts: int = 0
    opening: Decimal = ZERO
    closing: Decimal = ZERO
    kept: Decimal = ZERO

    @classmethod
    def of(cls, worths: Iterable[Worth]) -> "Cohort":
        there = [worth for worth in worths if worth.opening > 0]
        return cls(
            accounts=len(there),
            lost_accounts=sum(worth.is_lost for worth in there),
            opening=sum((worth.opening for worth in there), ZERO),
            closing=sum((worth.closing for worth in there), ZERO),
            kept=sum((min(worth.opening, worth.closing) for worth in there), ZERO),
        )


def ratio(part, whole) -> Decimal | None:
    """A rate; over nothing it is empty (None), never 0 % or 100 %."""
    return Decimal(part) / Decimal(whole) if whole else None


def nrr(cohort: Cohort) -> Decimal | None:
    return ratio(cohort.closing, cohort.opening)


def grr(cohort: Cohort) -> Decimal | None:
    return ratio(cohort.kept, cohort.opening)


def logo_churn(cohort: Cohort) -> Decimal | None:
    return ratio(cohort.lost_accounts, cohort.accounts)


def revenue_churn(cohort: Cohort) -> Decimal | None:
    """(Churn + contraction) / opening, which is what is missing to the kept."""
    return ratio(cohort.opening - cohort.kept, cohort.opening)


def quick_ratio(moved: Movements) -> Decimal | None | Literal["no losses"]:
    """Revenue gained for each unit lost; None when nothing moved at all."""
    if moved.lost == 0:
        return NO_LOSSES if moved.gained else None
    return moved.gained / moved.lost


def compound_year(monthly: Decimal) -> Decimal:
    """A monthly loss over twelve months: 3 % is 30.6 % a year, not 36 %."""
    return 1 - (1 - monthly) ** 12
