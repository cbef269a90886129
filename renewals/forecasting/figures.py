"""Deals added up: worst, likely and best, by whom, and where those do not agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from renewals.forecasting.deals import (
    AUTO,
    COMMIT,
    COUNTED,
    CSM,
    LEAD,
    LIKELY,
    WHO,
    ZERO,
    Deal,
    cents,
    said,
)

# Eight of ten outcomes of a sum of independent deals lie within so many deviations.
EIGHT_OF_TEN = Decimal("1.2816")
# A difference of amounts that is worth a word.
APART = Decimal("0.1")


@dataclass
class Figure:
    """What one of those who foretell expects of some deals."""

    worst: Decimal = ZERO
    likely: Decimal = ZERO
    best: Decimal = ZERO
    # Open deals, and those of them nobody called: in no case of a person's figure.
    uncalled: int = 0
    uncalled_value: Decimal = ZERO


@dataclass
class Outlook:
    """Some deals of a quarter: what is decided, what is open, and what is said of it."""

    count: int = 0
    value: Decimal = ZERO
    open: int = 0
    open_value: Decimal = ZERO
    won: Decimal = ZERO
    lost: Decimal = ZERO
    # Deals whose currency has no rate, by currency: they are in no figure.
    unpriced: dict[str, int] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)


def outlook(deals: Iterable[Deal]) -> Outlook:
    deals = list(deals)
    found = Outlook(count=len(deals))
    for deal in deals:
        _count(found, deal)
    found.figures = {who: figure(deals, who) for who in WHO}
    return found


def _count(found, deal):
    found.value += deal.value
    if deal.rate is None:
        found.unpriced[deal.currency] = found.unpriced.get(deal.currency, 0) + 1
    if not deal.is_decided:
        found.open += 1
        found.open_value += deal.value
    elif deal.won:
        found.won += deal.won
    else:
        found.lost += deal.value


def figure(deals: list[Deal], who: str) -> Figure:
    if who == AUTO:
        return _automatic(deals)
    cases = {case: sum((said(d, who, case) for d in deals), ZERO) for case in COUNTED}
    silent = [d for d in deals if not d.is_decided and d.call(who) is None]
    return Figure(
        **cases,
        uncalled=len(silent),
        uncalled_value=sum((deal.value for deal in silent), ZERO),
    )


def _automatic(deals):
    """The expected sum, and the range in which eight of ten outcomes lie.

    As if each deal were decided by itself: mean ± 1.28 deviations, never less than what
    is won already, never more than all that is open.
    """
    likely = sum((said(deal, AUTO) for deal in deals), ZERO)
    won = sum((deal.won for deal in deals if deal.is_decided), ZERO)
    waiting = [deal for deal in deals if not deal.is_decided]
    ceiling = won + sum((deal.value for deal in waiting), ZERO)
    variance = sum((_variance(deal) for deal in waiting), ZERO)
    swing = EIGHT_OF_TEN * variance.sqrt()
    return Figure(
        worst=max(won, cents(likely - swing)),
        likely=likely,
        best=min(ceiling, cents(likely + swing)),
    )


def lines(deals: Iterable[Deal], who: str, case: str) -> list[tuple[Deal, Decimal]]:
    """What each deal gives to a figure; the sum is the figure to the cent.

    The range of the automatic forecast belongs to the sum. It is shared out among the
    open deals by how uncertain each is, p(1 − p)a², so one line may fall below nothing
    or rise above the deal.
    """
    deals = sorted(deals, key=lambda deal: deal.renewal_id)
    found = [(deal, said(deal, who, case)) for deal in deals]
    if who != AUTO or case == "likely":
        return found
    whole = _automatic(deals)
    swing = (whole.worst if case == "worst" else whole.best) - whole.likely
    shares = _shared(swing, [_variance(deal) for deal in deals])
    return [
        (deal, gives + share)
        for (deal, gives), share in zip(found, shares, strict=True)
    ]


def _variance(deal):
    if deal.is_decided:
        return ZERO
    return deal.probability * (1 - deal.probability) * deal.value**2


def _shared(amount, weights):
    """An amount in shares by weight, each in cents, that add up to it."""
    total, so_far, given = sum(weights, ZERO), ZERO, ZERO
    for weight in weights:
        so_far += weight
        share = cents(amount * so_far / total) - given if total else ZERO
        given += share
        yield share


def verdict(deal: Deal, who: str) -> bool | None:
    """Whether they say the customer goes on; None when they have not spoken."""
    if who == AUTO:
        return deal.probability >= Decimal("0.5")
    call = deal.call(who)
    return None if call is None else call.category in (COMMIT, LIKELY)


def disagrees(deal: Deal) -> bool:
    """Whether those who spoke of an open deal say different things of it.

    One says yes and another no; or both persons say yes to amounts more than a tenth of
    the deal apart.
    """
    if deal.is_decided:
        return False
    verdicts = {verdict(deal, who) for who in WHO} - {None}
    if len(verdicts) > 1:
        return True
    if deal.csm is None or deal.lead is None:
        return False
    apart = abs(deal.called_value(CSM) - deal.called_value(LEAD))
    return bool(verdicts == {True} and apart > APART * deal.value)


def stake(deal: Deal) -> Decimal:
    """How far apart the likely cases of a deal are: of those who spoke."""
    spoke = [who for who in WHO if who == AUTO or deal.call(who)]
    cases = [said(deal, who) for who in spoke]
    return max(cases) - min(cases)


def grouped(deals: Iterable[Deal], by: str) -> dict:
    """The outlook of each owner, tier or segment: {its value: Outlook}."""
    found: dict = {}
    for deal in deals:
        found.setdefault(getattr(deal, by), []).append(deal)
    return {key: outlook(some) for key, some in found.items()}
