"""What moved between two forecasts of a quarter: parts that add up to the difference.

A deal is walked from what was said of it to what is said now, one thing at a time and
always in this order: the rate of its currency; then, if it was decided, the decision;
else its amount, its stage, its health, a notice, the history that deals are compared with, or what
the person said. The order is a convention; the sum is exact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from renewals.forecasting.deals import AUTO, RENEWED, ZERO, Deal, said
from renewals.forecasting.odds import SHIPPED, History, odds
from renewals.forecasting.quarter import Quarter

# In the order in which they are shown.
PARTS = (
    "new", "sooner", "carried", "renewed", "lost", "slipped", "ahead", "ended",
    "amount", "stage", "health", "notice", "history", "call", "currency",
    "corrected",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """So much of the difference is the doing of one thing that happened to one deal."""

    kind: str
    amount: Decimal


@dataclass(frozen=True)
class Moved:
    """One deal: how it stood in both forecasts and what lies between."""

    was: Deal | None
    now: Deal | None
    parts: tuple[Part, ...]

    @property
    def deal(self) -> Deal:
        found = self.now or self.was
        assert found is not None  # noqa: S101 (made of at least one)
        return found


@dataclass(frozen=True)
class Moves:
    """All that moved in a quarter, in one of those who foretell."""

    opening: Decimal
    closing: Decimal
    moved: tuple[Moved, ...]

    @property
    def sums(self) -> dict[str, Decimal]:
        """By kind of part, in the order they are shown; what nothing did is left out."""
        found: dict[str, Decimal] = {}
        for one in self.moved:
            for part in one.parts:
                found[part.kind] = found.get(part.kind, ZERO) + part.amount
        return {kind: found[kind] for kind in PARTS if kind in found}

    def of(self, kind: str) -> list[Moved]:
        return [m for m in self.moved if any(part.kind == kind for part in m.parts)]


def moves(
    was: Iterable[Deal],
    now: Iterable[Deal],
    *,
    quarter: Quarter,
    who: str,
    history: History,
) -> Moves:
    """From one forecast to a later one. `history` is what the earlier one went by."""
    before: Mapping[UUID, Deal] = {deal.renewal_id: deal for deal in was}
    after: Mapping[UUID, Deal] = {deal.renewal_id: deal for deal in now}
    found = []
    # In one order, whatever the order of the deals: the same sums, the same page.
    for pk in sorted(before.keys() | after.keys()):
        parts = _walk(before.get(pk), after.get(pk), quarter, who, history)
        if parts:
            found.append(Moved(before.get(pk), after.get(pk), tuple(parts)))
    return Moves(
        opening=_total(before.values(), quarter, who),
        closing=_total(after.values(), quarter, who),
        moved=tuple(found),
    )


def _total(deals, quarter, who):
    counted = (said(d, who) for d in deals if quarter.holds(d.placed_on))
    return sum(counted, ZERO)


def _walk(was, now, quarter, who, history):
    was_in = was is not None and quarter.holds(was.placed_on)
    now_in = now is not None and quarter.holds(now.placed_on)
    if was_in and now_in:
        return _steps(was, now, who, history)
    if now_in:
        return _kept(Part(_came(was, quarter), said(now, who)))
    if was_in:
        return _kept(Part(_went(now, quarter), -said(was, who)), whatever=True)
    return []


def _came(was, quarter):
    if was is None:
        return "new"
    return "sooner" if was.placed_on > quarter.last else "carried"


def _went(now, quarter):
    if now is None:
        return "ended"
    return "slipped" if now.placed_on > quarter.last else "ahead"


def _steps(was, now, who, history):
    """Each thing that is another by now, applied to the deal as it was, in order."""
    found, here = [], was
    for kind, changed in _changes(was, now, who, history):
        there = replace(here, **changed)
        # A decision is told even when it is just what was expected.
        is_told = kind in ("renewed", "lost")
        found += _kept(Part(kind, said(there, who) - said(here, who)), whatever=is_told)
        here = there
    return found


def _changes(was, now, who, history):
    yield "currency", {"rate": now.rate}
    if now.is_decided != was.is_decided or now.is_decided:
        kind = "renewed" if now.result == RENEWED else "lost"
        decision = {"result": now.result, "result_amount": now.result_amount}
        yield (kind if now.is_decided and not was.is_decided else "corrected"), decision
    # What is said of an open deal; of a decided one it moves nothing.
    yield "amount", {"amount": now.amount}
    if who == AUTO:
        yield from _chances(was, now, history)
    else:
        yield "call", {who: now.call(who)}


def _chances(was, now, history):
    p = was.probability
    if now.stage != was.stage and now.stage in SHIPPED:
        p = odds(now.stage, was.band, history, is_noticed=was.is_noticed).probability
        yield "stage", {"probability": p}
    if now.band != was.band and now.stage in SHIPPED:
        p = odds(now.stage, now.band, history, is_noticed=was.is_noticed).probability
        yield "health", {"probability": p}
    if now.is_noticed != was.is_noticed and now.stage in SHIPPED:
        p = odds(now.stage, now.band, history, is_noticed=now.is_noticed).probability
        yield "notice", {"probability": p}
    yield "history", {"probability": now.probability}


def _kept(part, *, whatever=False):
    return [part] if part.amount or whatever else []
