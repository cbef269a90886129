"""Why an account has the score it has."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Account
from health.models import Scorecard


@dataclass(frozen=True)
class Line:
    """One measure of a score: what was found, what it gave, out of how much."""

    key: str
    group: str
    # A number (days, a share, tickets open, an answer, payments late) or None.
    value: Any
    detail: dict[str, Any]
    points: int
    max_points: int
    state: str  # ok, missing (no data), stale (its source fell silent)
    as_of: datetime | None
    # In the reader's language.
    label: str
    found: str
    condition: str


@dataclass(frozen=True)
class Receipt:
    """A score with its reasons; `score` None and `band` unknown when nothing is known.

    `moved` says in sentences what changed since the week before.
    """

    score: int | None
    band: str
    change_7d: int | None
    coverage: Decimal
    computed_at: datetime | None
    scorecard: Scorecard
    measures: list[Line]
    moved: list[str]


def receipt(account: Account) -> Receipt:
    """The newest score of an account, explained in the reader's language."""
    raise NotImplementedError
