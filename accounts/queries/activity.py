"""How much accounts use the product, told by a floor above that counts it.

Neighbours who may not ask each other meet here: `usage` says once, when it is loaded,
how it counts; who stands beside it asks.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

DAYS = 28

_counters: list[Callable[..., dict]] = []


def count_active_days_with(counter: Callable[..., dict]) -> None:
    """From now on `counter(account_ids, since=…, until=…)` says it, both days
    included: {account id: days}."""
    _counters[:] = [counter]


def active_days(account_ids: Iterable, *, on: date) -> dict:
    """On how many of the 28 days up to `on` each was used; left out: on none."""
    since = on - timedelta(days=DAYS - 1)
    return _counters[0](account_ids, since=since, until=on)
