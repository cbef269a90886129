"""Why customers leave, added up: plain losses in, tables out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Loss:
    """A deal that was lost, in whole or in part, and why as it was said last."""

    renewal_id: Any
    account: str
    owner: str
    tier: str
    segment: str
    decided_on: date
    kind: str
    reason: str
    which: tuple[str, ...]
    words: str
    # A month of what went and of what there was; None where no rate tells its worth.
    mrr: Decimal | None
    was_mrr: Decimal | None
    # The same in the currency of the deal.
    amount: Decimal
    currency: str

    @property
    def quarter(self) -> str:
        return quarter_of(self.decided_on)

    @property
    def size(self) -> int:
        """The power of ten its MRR had: 3 from 1,000 to 9,999; 2 below; -1 unknown."""
        if self.was_mrr is None:
            return -1
        return max(len(str(int(self.was_mrr))) - 1, 2)


@dataclass
class Row:
    """What one reason, or one name under it, took."""

    key: str
    count: int = 0
    mrr: Decimal = Decimal(0)
    # Of all MRR lost; None where nothing was.
    share: Decimal | None = None
    below: list["Row"] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """Losses by reason and name, and how they fall into groups."""

    total: Row
    rows: list[Row]
    columns: list[str]  # of the groups: the reasons that occur
    groups: list[tuple[Any, list[Row]]]

    @property
    def most_named(self) -> Row | None:
        """The one of the second level that most of the lost MRR names."""
        named = [row for reason in self.rows for row in reason.below if row.mrr]
        return max(named, key=lambda row: row.mrr, default=None)


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarters_until(day: date, number: int) -> list[str]:
    """The last quarters, that of `day` included, oldest first."""
    last = day.year * 4 + (day.month - 1) // 3
    return [f"{q // 4}-Q{q % 4 + 1}" for q in range(last - number + 1, last + 1)]


def first_day(quarter: str) -> date:
    year, number = quarter.split("-Q")
    return date(int(year), int(number) * 3 - 2, 1)


def next_quarter(quarter: str) -> str:
    day = first_day(quarter)
    return quarter_of(date(day.year + (day.month == 10), (day.month + 2) % 12 + 1, 1))


def table_of(losses: Sequence[Loss], *, group: Callable[[Loss], Any]) -> Table:
    """Counts and MRR by reason and by name, largest first.

    A deal that names two features counts under both, so names may add up to more than
    their reason; a reason never does. Shares are of all MRR lost.
    """
    total = _row("", losses)
    rows = [
        _with_names(_shared(_row(reason, some), total), some, total)
        for reason, some in _by(losses, lambda loss: loss.reason).items()
    ]
    rows.sort(key=_order)
    columns = [row.key for row in rows]
    groups = _by(losses, group)
    return Table(
        total=total,
        rows=rows,
        columns=columns,
        groups=[
            (key, [_row(reason, _of(groups[key], reason)) for reason in columns])
            for key in sorted(groups)
        ],
    )


def _with_names(row, losses, total):
    named = defaultdict(list)
    for loss in losses:
        for name in loss.which:
            named[name].append(loss)
    row.below = sorted(
        (_shared(_row(name, some), total) for name, some in named.items()), key=_order
    )
    return row


def _row(key, losses):
    mrr = sum((loss.mrr for loss in losses if loss.mrr is not None), Decimal(0))
    return Row(key=key, count=len(losses), mrr=mrr)


def _shared(row, total):
    row.share = row.mrr / total.mrr if total.mrr else None
    return row


def _of(losses, reason):
    return [loss for loss in losses if loss.reason == reason]


def _by(losses: Iterable[Loss], key) -> dict[Any, list[Loss]]:
    found = defaultdict(list)
    for loss in losses:
        found[key(loss)].append(loss)
    return found


def _order(row):
    return (-row.mrr, -row.count, row.key)
