"""How far a goal has come: plain numbers in and out."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Progress:
    """A goal's way from where it began to where it is to be, 0 to 1; None: unknown."""

    share: Decimal | None
    is_reached: bool
    wants_less: bool = False

    @property
    def percent(self) -> int | None:
        return None if self.share is None else int(self.share * 100)


def progress(
    baseline: Decimal | None, target: Decimal, actual: Decimal | None
) -> Progress:
    """A target below the baseline wants less: fewer hours, fewer errors.

    Without a baseline it counts from nought, and more is wanted.
    """
    begin = Decimal(0) if baseline is None else baseline
    wants_less = target < begin
    if actual is None:
        return Progress(None, is_reached=False, wants_less=wants_less)
    is_reached = actual <= target if wants_less else actual >= target
    way = target - begin
    if way == 0:
        return Progress(Decimal(1 if is_reached else 0), is_reached, wants_less)
    share = (actual - begin) / way
    return Progress(min(Decimal(1), max(Decimal(0), share)), is_reached, wants_less)
