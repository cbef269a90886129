"""Why an account has the score it has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Band
from health.models import Scorecard, Snapshot
from health.queries import wording
from health.queries.cards import scorecard_in_force
from health.scoring import Move, max_points, measure_of, moves


@dataclass(frozen=True)
class Line:
    """One measure of a score: what was found, what it gave, out of how much."""

    key: str
    group: str
    # A number (days, a share, tickets open, an answer, bills late) or None.
    value: Any
    detail: dict[str, Any]
    points: float
    max_points: float
    state: str  # ok, missing (no data), stale (its source fell silent)
    as_of: datetime | None
    # In the reader's language.
    label: str
    window: str
    found: str
    condition: str

    @property
    def points_signed(self) -> str:
        return wording.signed(self.points)


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

    @property
    def total(self) -> float:
        """The sum of the points, before it was clipped to 0-100."""
        return round(sum(line.points for line in self.measures), 2)

    @property
    def total_signed(self) -> str:
        return wording.signed(self.total)

    @property
    def is_clipped(self) -> bool:
        return self.score is not None and self.score != self.total


def receipt(account: Account) -> Receipt:
    """The newest score of an account, explained in the reader's language."""
    snapshots = Snapshot.objects.filter(account=account).select_related("scorecard")
    newest = snapshots.latest_first().first()
    if newest is None:
        card = scorecard_in_force()
        return Receipt(
            None, Band.UNKNOWN, None, Decimal(0), None, card, _nothing(card), []
        )
    before = None
    if newest.change_7d is not None:
        before = week_before(snapshots, newest.day).latest_first().first()
    return Receipt(
        newest.score,
        newest.band,
        newest.change_7d,
        newest.coverage,
        newest.computed_at,
        newest.scorecard,
        lines(newest.scorecard.definition, newest.measures),
        _moved(before, newest),
    )


def week_before(snapshots, day):
    """The snapshots a score is compared with: of the seven days that end a week ago."""
    days = snapshots.between(day - timedelta(days=13), day - timedelta(days=7))
    return days.exclude(score=None)


def lines(definition: dict, measures: list[dict[str, Any]]) -> list[Line]:
    """What a snapshot kept, joined with what its scorecard says of each measure."""
    kept = {measure["key"]: measure for measure in measures}
    return [_line(measure, kept[measure["key"]]) for measure in definition["measures"]]


def _line(measure: dict[str, Any], kept: dict[str, Any]) -> Line:
    key, as_of = measure["key"], kept.get("as_of")
    return Line(
        key=key,
        group=measure["group"],
        value=kept.get("value"),
        detail=kept.get("detail", {}),
        points=kept["points"],
        max_points=kept.get("worth", max_points(measure)),
        state=kept["state"],
        as_of=datetime.fromisoformat(as_of) if as_of else None,
        label=wording.label_of(key, {"measures": [measure]}),
        window=wording.window_of(measure),
        found=wording.found_of(measure, kept),
        condition=_condition(measure, kept),
    )


def _condition(measure: dict[str, Any], kept: dict[str, Any]) -> str:
    if kept["state"] == "missing":
        return ""
    return wording.condition_of(measure, kept.get("step"))


def _nothing(card: Scorecard) -> list[Line]:
    missing = [
        {"key": measure["key"], "state": "missing", "points": 0}
        for measure in card.definition["measures"]
    ]
    return lines(card.definition, missing)


def _moved(before: Snapshot | None, after: Snapshot) -> list[str]:
    if before is None or before.score is None or after.score is None:
        return []
    definition = after.scorecard.definition
    return [
        _sentence(move, definition)
        for move in moves(before.score, before.measures, after.score, after.measures)
    ]


def _sentence(move: Move, definition: dict) -> str:
    """For example "Latest NPS answer: −35 points (10 → 3)"."""
    label = wording.label_of(move.key, definition)
    points = wording.signed(move.points)
    known = {measure["key"] for measure in definition["measures"]}
    if move.before is None or move.after is None or move.key not in known:
        return _("%(label)s: %(points)s points") % {"label": label, "points": points}
    measure = measure_of(definition, move.key)
    was = wording.found_of(measure, move.before)
    found = wording.found_of(measure, move.after)
    if was == found and "step" in move.after:
        # Only time passed: the same ticket is open, but for too long now.
        found = wording.condition_of(measure, move.after["step"])
    return _("%(label)s: %(points)s points (%(before)s → %(after)s)") % {
        "label": label,
        "points": points,
        "before": was,
        "after": found,
    }
