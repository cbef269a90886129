"""What a currency is worth in the workspace's own on a day."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal


class Rates:
    """The known rates: a rate holds from its day until the next one.

    Before the first known day the first rate stands in: a rough figure is better than
    revenue that is not there. A currency without any rate has none (None), and whoever
    asks must say so to the reader.
    """

    def __init__(self, own: str, known: Iterable[tuple[str, date, Decimal]]):
        self._own = own
        self._days: dict[str, list[date]] = {}
        self._values: dict[str, list[Decimal]] = {}
        for currency, day, value in sorted(known):
            self._days.setdefault(currency, []).append(day)
            self._values.setdefault(currency, []).append(value)

    def has(self, currency: str) -> bool:
        return currency == self._own or currency in self._days

    def on(self, currency: str, day: date) -> Decimal | None:
        if currency == self._own:
            return Decimal(1)
        if currency not in self._days:
            return None
        latest = bisect_right(self._days[currency], day) - 1
        return self._values[currency][max(0, latest)]
