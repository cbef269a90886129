"""Support in figures, of plain tickets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Protocol

CRITICAL = "critical"
# The two best ratings of five.
SATISFIED = 4


class Ticket(Protocol):
    """What is read of a ticket."""

    @property
    def opened_at(self) -> datetime: ...

    @property
    def solved_at(self) -> datetime | None: ...

    @property
    def severity(self) -> str: ...

    @property
    def csat(self) -> int | None: ...


@dataclass(frozen=True)
class Support:
    """What came and went between two instants; None: there is nothing to tell it of."""

    opened: int
    solved: int
    open_at_end: int
    critical: int
    hours_to_solve: Decimal | None
    satisfied: Decimal | None
    rated: int


def support(tickets: Iterable[Ticket], since: datetime, until: datetime) -> Support:
    """From one instant to right before the other."""
    tickets = list(tickets)

    def is_within(instant):
        return instant is not None and since <= instant < until

    opened = [one for one in tickets if is_within(one.opened_at)]
    solved = [one for one in tickets if is_within(one.solved_at)]
    rated = [one.csat for one in solved if one.csat is not None]
    return Support(
        opened=len(opened),
        solved=len(solved),
        open_at_end=sum(is_open(one, until) for one in tickets),
        critical=sum(one.severity == CRITICAL for one in opened),
        hours_to_solve=_hours(solved),
        satisfied=_share(rated, lambda csat: csat >= SATISFIED),
        rated=len(rated),
    )


def is_open(ticket: Ticket, at: datetime) -> bool:
    """Opened before an instant, and not solved by then."""
    return ticket.opened_at < at and (
        ticket.solved_at is None or ticket.solved_at >= at
    )


def _hours(solved):
    spans = [one.solved_at - one.opened_at for one in solved]
    if not spans:
        return None
    seconds = median(span.total_seconds() for span in spans)
    return round(Decimal(seconds) / 3600, 2)


def _share(values, is_one: Callable[[int], bool]):
    if not values:
        return None
    return round(Decimal(sum(map(is_one, values))) / len(values), 4)
