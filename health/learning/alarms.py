"""Would it have warned us, and when? A warning is the colour red."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

LONGEST = 365


@dataclass(frozen=True)
class Alarms:
    """How the warnings of all days came out."""

    hits: int = 0
    misses: int = 0
    false_alarms: int = 0
    quiet: int = 0

    @property
    def precision(self) -> float | None:
        """Of the warnings, how many came true."""
        told = self.hits + self.false_alarms
        return self.hits / told if told else None

    @property
    def recall(self) -> float | None:
        """Of what happened, how much was warned of."""
        happened = self.hits + self.misses
        return self.hits / happened if happened else None


def count_alarms(rows: Iterable[tuple[bool, bool]]) -> Alarms:
    """Counts of (whether it warned, whether it happened)."""
    counts = {(True, True): 0, (False, True): 0, (True, False): 0, (False, False): 0}
    for warned, happened in rows:
        counts[warned, happened] += 1
    return Alarms(*counts.values())


def lead(days: Sequence[tuple[date, bool]], gone_on: date, horizon: int) -> int | None:
    """How many days before the loss the warning began; None: there was none.

    `days` are the days looked at, in their order, with whether they warned. A warning
    counts when it stood within the horizon before the loss; it began where the unbroken
    row of warnings did that reaches there, a year before at most: who was always red was
    not warned of earlier for it.
    """
    began, stood = None, False
    for day, warned in days:
        if day >= gone_on:
            break
        if warned and (began is None or not stood):
            began = day
        stood = warned
        if warned:
            last = day
    if began is None or last < gone_on - timedelta(days=horizon):
        return None
    return min((gone_on - began).days, LONGEST)


def middle(leads: Iterable[int | None]) -> float | None:
    """The median of the leads there were; None when nothing was warned of."""
    known = [one for one in leads if one is not None]
    return median(known) if known else None
