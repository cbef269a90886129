"""What the lines of an offer come to, to the cent."""

import calendar
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MONTHLY, ONCE = "monthly", "once"
MOST_LINES = 100
_FIGURES = ("quantity", "price", "uplift", "discount")


@dataclass(frozen=True)
class Line:
    """One thing that is proposed; the price is of one of it, a month or once."""

    title: str
    quantity: Decimal
    price: Decimal
    uplift: Decimal = Decimal(0)  # percent on the price
    discount: Decimal = Decimal(0)  # percent off what that makes
    period: str = MONTHLY
    note: str = ""

    @property
    def amount(self) -> Decimal:
        """Of the whole quantity, rounded once: a month's, or the one sum."""
        raised = self.price * (100 + self.uplift) / 100
        return _cents(self.quantity * raised * (100 - self.discount) / 100)

    @property
    def full_amount(self) -> Decimal:
        """Without the discount."""
        return _cents(self.quantity * self.price * (100 + self.uplift) / 100)

    def as_text(self) -> dict[str, str]:
        """As it is kept: figures as text, so that none becomes a float."""
        return {name: _text(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Totals:
    """What an offer comes to. The total is of the whole term, without tax."""

    monthly: Decimal
    yearly: Decimal
    once: Decimal
    saved: Decimal  # by discounts, over the term
    total: Decimal
    tax: Decimal | None
    due: Decimal  # the total with tax


def line_of(kept: dict) -> Line:
    """The line of what was kept of it."""
    figures = {name: Decimal(kept[name]) for name in _FIGURES if name in kept}
    return Line(**(kept | figures))


def totals(lines: Sequence[Line], *, months: int, tax_percent=None) -> Totals:
    monthly = _sum(line.amount for line in lines if line.period == MONTHLY)
    once = _sum(line.amount for line in lines if line.period == ONCE)
    total = monthly * months + once
    tax = None if tax_percent is None else _cents(total * tax_percent / 100)
    return Totals(
        monthly=monthly,
        yearly=monthly * 12,
        once=once,
        saved=_saved(lines, months),
        total=total,
        tax=tax,
        due=total + (tax or 0),
    )


def _saved(lines, months):
    return _sum(
        (line.full_amount - line.amount) * (months if line.period == MONTHLY else 1)
        for line in lines
    )


def _sum(amounts):
    return sum(amounts, Decimal("0.00"))


def _cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def _text(value):
    return format(value, "f") if isinstance(value, Decimal) else value


def term_end(starts_on: date, months: int) -> date:
    """The first day after a term of that many months; a short month ends it."""
    year, month = divmod(starts_on.year * 12 + starts_on.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(starts_on.day, last))
