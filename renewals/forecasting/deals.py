"""A deal as a forecast sees it, and what each of those who foretell makes of it."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

AUTO, CSM, LEAD = WHO = ("auto", "csm", "lead")
COMMIT, LIKELY, POSSIBLE, OUT = "commit", "likely", "possible", "out"
RENEWED = "renewed"
ZERO = Decimal(0)
# Every share of a deal is rounded before it is added up, so that a ledger's lines are
# its sum to the cent.
CENT = Decimal("0.01")

# From which category on a call counts in the worst, the likely, the best case.
COUNTED = {
    "worst": (COMMIT,),
    "likely": (COMMIT, LIKELY),
    "best": (COMMIT, LIKELY, POSSIBLE),
}


@dataclass(frozen=True)
class Call:
    """What a person said: how sure, and how much (None: as much as now)."""

    category: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Deal:
    """A renewal as it was known at an instant."""

    renewal_id: UUID
    account_id: UUID
    owner_id: int | None
    tier: str
    segment: str
    stage: str
    band: str
    ends_on: date
    decides_on: date
    # The day it counts for.
    placed_on: date
    amount: Decimal
    currency: str
    # To the currency of the workspace; None: unknown, and the deal is in no figure.
    rate: Decimal | None
    probability: Decimal
    csm: Call | None = None
    lead: Call | None = None
    result: str = ""
    result_amount: Decimal | None = None
    decided_on: date | None = None
    # The customer has given notice, as far as was known.
    is_noticed: bool = False

    @property
    def is_decided(self) -> bool:
        return bool(self.result)

    @property
    def value(self) -> Decimal:
        """A year of it in the currency of the workspace."""
        return self._priced(self.amount)

    @property
    def won(self) -> Decimal:
        """What it was renewed at, in the currency of the workspace."""
        if self.result != RENEWED:
            return ZERO
        return self._priced(self.result_amount or ZERO)

    def call(self, who: str) -> Call | None:
        return {CSM: self.csm, LEAD: self.lead}.get(who)

    def called_value(self, who: str) -> Decimal:
        """How much that person spoke of; nothing without a call."""
        call = self.call(who)
        if call is None:
            return ZERO
        return self._priced(self.amount if call.amount is None else call.amount)

    def _priced(self, amount):
        return cents(amount * (self.rate or ZERO))


def placed_on(decides_on: date, *, decided_on: date | None, on: date) -> date:
    """The day a deal counts for: of the decision, or when it was made later.

    Not decided when its day is over: it can only be decided on `on` or later.
    """
    return max(decides_on, decided_on or on)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def said(deal: Deal, who: str, case: str = "likely") -> Decimal:
    """What a deal gives to a figure, in the currency of the workspace.

    What is decided gives what was won, whoever foretells. The automatic forecast has
    only a likely case for one deal: its probability times its value.
    """
    if deal.is_decided:
        return deal.won
    if who == AUTO:
        return cents(deal.probability * deal.value)
    call = deal.call(who)
    if call is None or call.category not in COUNTED[case]:
        return ZERO
    return deal.called_value(who)
