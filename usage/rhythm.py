"""When a source is silent: longer than it ever is, and never for a pause for breath."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Nights and weekends of the last four weeks are part of a rhythm.
MEMORY = timedelta(days=28)
AT_LEAST = timedelta(hours=1)
MARGIN = 1.5
# Hours with messages below which there is no rhythm yet.
BEATS = 6


@dataclass(frozen=True)
class Rhythm:
    """How long a source is usually silent at most, as its last weeks tell."""

    beats: int
    longest: timedelta

    @property
    def patience(self) -> timedelta | None:
        """How long a silence may last; None while there is no rhythm."""
        if self.beats < BEATS:
            return None
        return max(AT_LEAST, self.longest * MARGIN)

    @property
    def patience_hours(self) -> int | None:
        patience = self.patience
        return round(patience.total_seconds() / 3600) if patience else None


def rhythm_of(hours: Sequence[datetime]) -> Rhythm:
    """The rhythm of the hours in which messages came, in order."""
    gaps = [later - earlier for earlier, later in zip(hours, hours[1:], strict=False)]
    return Rhythm(len(hours), max(gaps, default=timedelta()))


def is_silent(rhythm: Rhythm, *, last: datetime, now: datetime) -> bool:
    patience = rhythm.patience
    return patience is not None and now - last > patience
