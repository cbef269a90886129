"""The accounts a number was made of: what each had before, has now, and what moved."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from accounts.models import Account
from insights.metrics import Kind, Window, Worth, kind_of, movements
from insights.queries.revenue import Scope, book_of

PAGE_SIZE = 100
ZERO = Decimal(0)
# Which accounts a figure is made of.
FIGURES = ("mrr", *map(str, Kind), "movements", "retention", "logo_churn")


class Entry(NamedTuple):
    """One account's part of a number, in the workspace's currency."""

    account_id: str
    kind: str
    opening: Decimal
    closing: Decimal
    amount: Decimal

    @property
    def kept(self):
        return min(self.opening, self.closing)


@dataclass(frozen=True)
class Ledger:
    """All the entries of a number, the largest amount first; they sum to it."""

    figure: str
    window: Window
    entries: list[Entry]

    def total(self, name) -> Decimal:
        return sum((getattr(entry, name) for entry in self.entries), ZERO)


def ledger(scope: Scope, window: Window, figure: str) -> Ledger:
    """The entries of a figure between two days: three queries with the names."""
    days = sorted({window.opening, window.closing})
    book = book_of(scope, days)
    worths = book.worths(window, of=_concerned(book, window, figure))
    found = [
        entry
        for account_id, worth in worths.items()
        for entry in _entries(account_id, worth, figure)
    ]
    found.sort(key=lambda e: (-abs(e.amount), -e.opening, e.account_id))
    return Ledger(figure, window, found)


def _concerned(book, window, figure):
    """The accounts a figure may be made of; most did nothing between the two days."""
    if figure in ("mrr", "retention"):
        return book.every()
    moved = book.moved(window)
    if figure in ("movements", Kind.CURRENCY):
        return moved | book.restated(window)
    return moved


def named(entries: list[Entry]) -> list[tuple[Entry, Account]]:
    """Each entry with its account, one query; archived accounts keep their name."""
    ids = [entry.account_id for entry in entries]
    accounts = Account.objects.filter(pk__in=ids).select_related("owner")
    known = {str(account.pk): account for account in accounts}
    return [(entry, known[entry.account_id]) for entry in entries]


def _entries(account_id, worth: Worth, figure):
    """The parts of a figure this account makes: none, one, or one for each movement."""
    if figure == "mrr":
        amounts = [("mrr", worth.closing_restated)]
    elif figure in ("retention", "logo_churn"):
        amounts = [(_fate(worth), worth.closing - worth.opening)]
    else:
        amounts = [(str(kind), amount) for kind, amount in movements(worth).items()]
    for kind, amount in amounts:
        if _belongs(worth, figure, kind, amount):
            yield Entry(account_id, kind, worth.opening, worth.closing, amount)


def _belongs(worth, figure, kind, amount):
    if figure == "mrr":
        return amount > 0
    if figure == "retention":
        return worth.opening > 0
    if figure == "logo_churn":
        return worth.is_lost
    return figure in ("movements", kind)


def _fate(worth: Worth) -> str:
    return str(kind_of(worth) or "kept")


def window_of(opening: date, closing: date) -> Window:
    return Window(min(opening, closing), max(opening, closing))
