"""Every account's recurring revenue on chosen days, kept as the steps it changes by."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import accumulate, groupby
from operator import attrgetter
from typing import NamedTuple

from insights.metrics.exchange import Rates
from insights.metrics.movements import ZERO, Movements, Worth, summed
from insights.metrics.period import Window
from insights.metrics.retention import Cohort


# Tuples, here and in Worth: there are tens of thousands of them behind one page.
class Step(NamedTuple):
    """What starts and ends of contracts add to an account between two of the days.

    `at` is the first of the days that sees it. `came_on`: the earliest start in it;
    `left_on`: the latest end. `paused`: how many contracts more are paused since.
    """

    account: str
    at: int
    currency: str
    amount: Decimal
    came_on: date | None
    left_on: date | None
    paused: int = 0


class Book:
    """The revenue of many accounts on a few `days`.

    `steps` come sorted by account and day. What a currency without a rate would be
    worth is unknown: it is left out, and `unpriced` says how many accounts have it.
    """

    def __init__(self, days: list[date], steps: Iterable[Step], rates: Rates):
        self.days = days
        self.unpriced: dict[str, int] = {}
        self._rates = rates
        self._steps: dict[str, list[Step]] = {}
        self._movers: list[list[str]] = [[] for _ in days]
        self._amounts: dict[str, list[Decimal]] = defaultdict(
            lambda: [ZERO] * len(days)
        )
        self._counts = [0] * len(days)
        for account, own in groupby(steps, key=attrgetter("account")):
            self._add(account, self._priced(own))

    def accounts(self, day: date) -> int:
        """How many accounts have MRR on one of the days."""
        return list(accumulate(self._counts))[self.days.index(day)]

    def mrr(self, day: date, *, rates_of: date | None = None) -> Decimal:
        """The MRR of all on one of the days, at that day's rates or another's."""
        at = self.days.index(day)
        return sum(
            (
                sum(amounts[: at + 1], ZERO) * self._rate(currency, rates_of or day)
                for currency, amounts in self._amounts.items()
            ),
            ZERO,
        )

    def every(self) -> set[str]:
        return set(self._steps)

    def moved(self, window: Window) -> set[str]:
        """The accounts whose contracts began, ended or changed in the window."""
        opening, closing = map(self.days.index, (window.opening, window.closing))
        return {a for day in self._movers[opening + 1 : closing + 1] for a in day}

    def restated(self, window: Window) -> set[str]:
        """The accounts with money in a currency whose rate changed over the window."""
        before, after = self._rates_on(window.opening), self._rates_on(window.closing)
        changed = {c for c, rate in before.items() if rate != after[c]}
        return {
            account
            for account, steps in self._steps.items()
            if changed and any(step.currency in changed for step in steps)
        }

    def worths(self, window: Window, *, of: set[str] | None = None) -> dict[str, Worth]:
        """What these accounts (by default: those that moved) were and are worth."""
        opening, closing = map(self.days.index, (window.opening, window.closing))
        before, after = self._rates_on(window.opening), self._rates_on(window.closing)
        return {
            account: _worth(self._steps[account], opening, closing, before, after)
            for account in (self.moved(window) if of is None else of)
        }

    def movements(self, window: Window) -> Movements:
        moved = summed(self.mrr(window.opening), self.worths(window).values())
        # Rates move the steady accounts too: what is not explained by them is theirs.
        drift = self.mrr(window.closing) - moved.closing
        return moved.with_currency(moved.currency + drift)

    def cohort(self, window: Window) -> Cohort:
        """What became of the accounts of the opening; the steady ones keep theirs."""
        moved = Cohort.of(self.worths(window).values())
        opening = self.mrr(window.opening)
        return Cohort(
            accounts=self.accounts(window.opening),
            lost_accounts=moved.lost_accounts,
            opening=opening,
            closing=opening - moved.opening + moved.closing,
            kept=opening - moved.opening + moved.kept,
        )

    def values(self, day: date) -> dict[str, Decimal]:
        """The MRR of each account that has any on one of the days."""
        at, rates = self.days.index(day), self._rates_on(day)
        found = {
            account: _worth(steps, at, at, rates, rates).opening
            for account, steps in self._steps.items()
        }
        return {account: value for account, value in found.items() if value}

    def _priced(self, steps: Iterable[Step]) -> list[Step]:
        steps = list(steps)
        priced = [step for step in steps if self._rates.has(step.currency)]
        if len(priced) == len(steps):
            return priced
        for currency in {step.currency for step in steps if step not in priced}:
            self.unpriced[currency] = self.unpriced.get(currency, 0) + 1
        return priced

    def _add(self, account: str, steps: list[Step]) -> None:
        if steps:
            self._steps[account] = steps
        value = ZERO
        for at, same_day in groupby(steps, key=attrgetter("at")):
            had = value > 0
            for step in same_day:
                value += step.amount
                self._amounts[step.currency][at] += step.amount
            self._movers[at].append(account)
            self._counts[at] += (value > 0) - had

    def _rate(self, currency: str, day: date) -> Decimal:
        return self._rates.on(currency, day) or ZERO

    def _rates_on(self, day: date) -> dict[str, Decimal]:
        return {currency: self._rate(currency, day) for currency in self._amounts}


def _worth(steps, opening, closing, before, after) -> Worth:
    was = will = restated = ZERO
    left_on = came_on = None
    paused_then = paused = 0
    for step in steps:
        if step.at > closing:
            break
        amount = step.amount * before[step.currency]
        will += amount
        restated += step.amount * after[step.currency]
        paused += step.paused
        if step.at <= opening:
            paused_then += step.paused
            was += amount
            left_on = _latest(left_on, step.left_on)
        else:
            came_on = came_on or step.came_on
    away = (came_on - left_on).days if came_on and left_on else None
    return Worth(was, will, restated, away, paused_then > 0, paused > 0)


def _latest(one: date | None, other: date | None) -> date | None:
    return max(filter(None, (one, other)), default=None)
