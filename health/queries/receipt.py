"""Why an account has the score it has."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Band, Direction
from health.models import Override, Scorecard, Snapshot
from health.queries import wording
from health.queries.cards import scorecard_in_force
from health.queries.explanation import Explanation, explanation
from health.scoring import max_points
from health.scoring.shapes import shape_at
from tenants.models import Tenant


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
    # How much of it still counts by its age; what it means that it is missing.
    decay: str = ""
    missing: str = ""

    @property
    def points_signed(self) -> str:
        return wording.signed(self.points)

    @property
    def worth(self) -> str:
        return wording.number(self.max_points)


@dataclass(frozen=True)
class Group:
    """The measures of a group; its weight in a card that weighs groups."""

    label: str
    weight: float | None
    lines: list[Line]

    @property
    def points_signed(self) -> str:
        return wording.signed(round(sum(line.points for line in self.lines), 2))

    @property
    def worth(self) -> str:
        return wording.number(round(sum(line.max_points for line in self.lines), 2))


@dataclass(frozen=True)
class Limit:
    """What was cut off the sum of the points, and why."""

    kind: str  # clip, cap
    key: str
    label: str
    points: float
    at_most: float | None = None

    @property
    def points_signed(self) -> str:
        return wording.signed(self.points)


@dataclass(frozen=True)
class Receipt:
    """A score with its reasons; `score` None and `band` unknown when nothing is known.

    `score` is what is shown: a person's judgement where there is one (`override`), else
    what was computed. `week` says what changed since the week before.
    """

    score: int | None
    computed: int | None
    band: str
    computed_at: datetime | None
    scorecard: Scorecard
    measures: list[Line]
    coverage: Decimal = Decimal(0)
    change_7d: int | None = None
    change_28d: int | None = None
    noise_7d: int | None = None
    noise_28d: int | None = None
    direction: str = Direction.UNKNOWN
    override: Override | None = None
    limits: list[Limit] = field(default_factory=list)
    week: Explanation | None = None

    @property
    def moved(self) -> list[str]:
        """What changed since the week before, in sentences."""
        return self.week.lines if self.week else []

    @property
    def groups(self) -> list[Group]:
        """The measures by group, in the order of the card; empty groups left out."""
        definition = self.scorecard.definition
        weighs = definition["method"] == "weighted"
        groups = []
        for group in definition["groups"]:
            lines = [line for line in self.measures if line.group == group["key"]]
            weight = group["weight"] if weighs else None
            label = wording.group_of(group["key"], definition)
            groups.append(Group(label, weight, lines))
        return [group for group in groups if group.lines]

    @property
    def total(self) -> float:
        """The sum of the points, before anything was cut off."""
        return round(sum(line.points for line in self.measures), 2)

    @property
    def total_signed(self) -> str:
        return wording.signed(self.total)

    @property
    def is_clipped(self) -> bool:
        return any(limit.points for limit in self.limits)

    @property
    def swing(self) -> list[str]:
        """The moves of the week and of four weeks, held against the usual swing."""
        return [
            _swing(days, points, noise)
            for days, points, noise in (
                (7, self.change_7d, self.noise_7d),
                (28, self.change_28d, self.noise_28d),
            )
            if points is not None and noise is not None
        ]


def receipt(account: Account) -> Receipt:
    """The newest score of an account, explained in the reader's language."""
    snapshots = Snapshot.objects.filter(account=account)
    snapshots = snapshots.select_related("scorecard", "override__by")
    newest = snapshots.latest_first().first()
    if newest is None:
        card = scorecard_in_force()
        return Receipt(None, None, Band.UNKNOWN, None, card, _nothing(card))
    before = week_before(snapshots, newest.day).latest_first().first()
    since = account.customer_since
    definition = newest.scorecard.definition
    return Receipt(
        score=newest.score,
        computed=newest.score if newest.override_id is None else newest.computed,
        band=newest.band,
        computed_at=newest.computed_at,
        scorecard=newest.scorecard,
        measures=lines(
            definition,
            newest.measures,
            age_days=None if since is None else (newest.day - since).days,
        ),
        coverage=newest.coverage,
        change_7d=newest.change_7d,
        change_28d=newest.change_28d,
        noise_7d=newest.noise_7d,
        noise_28d=newest.noise_28d,
        direction=newest.direction,
        override=newest.override,
        limits=limits(definition, newest.limits),
        week=before and _week(account, before, newest),
    )


def week_before(snapshots, day):
    """The snapshots a score is compared with: of the seven days that end a week ago."""
    days = snapshots.between(day - timedelta(days=13), day - timedelta(days=7))
    return days.exclude(score=None)


def lines(
    definition: dict, measures: list[dict[str, Any]], *, age_days: int | None = None
) -> list[Line]:
    """What a snapshot kept, joined with what its scorecard says of each measure."""
    kept = {measure["key"]: measure for measure in measures}
    return [
        _line(measure, kept[measure["key"]], age_days)
        for measure in definition["measures"]
    ]


def limits(definition: dict, kept: list[dict[str, Any]]) -> list[Limit]:
    """What was cut off a score; caps that hold but cut nothing are told, too."""
    return [
        Limit(
            kind=one["kind"],
            key=one.get("key", ""),
            label=wording.cap_of(one["key"], definition)
            if one["kind"] == "cap"
            else wording.label_of("limits"),
            points=one["points"],
            at_most=one.get("at_most"),
        )
        for one in kept
    ]


def _line(measure: dict[str, Any], kept: dict[str, Any], age_days) -> Line:
    as_of, is_missing = kept.get("as_of"), kept["state"] == "missing"
    shape = shape_at(measure, age_days)
    return Line(
        key=measure["key"],
        group=measure["group"],
        value=kept.get("value"),
        detail=kept.get("detail", {}),
        points=kept["points"],
        max_points=kept.get("worth", max_points(measure)),
        state=kept["state"],
        as_of=datetime.fromisoformat(as_of) if as_of else None,
        label=wording.label_of(measure["key"], {"measures": [measure]}),
        window=wording.window_of(measure),
        found=wording.found_of(measure, kept),
        condition=""
        if is_missing
        else wording.condition_of(measure, kept.get("step"), shape),
        decay=wording.decay_of(measure, kept),
        missing=wording.missing_of(measure) if is_missing else "",
    )


def _nothing(card: Scorecard) -> list[Line]:
    missing = [
        {"key": measure["key"], "state": "missing", "points": 0}
        for measure in card.definition["measures"]
    ]
    return lines(card.definition, missing)


def _week(account: Account, before: Snapshot, after: Snapshot) -> Explanation:
    zone = Tenant.objects.values_list("timezone", flat=True).get(pk=account.tenant_id)
    return explanation(account, before, after, zone=zone)


def _swing(days: int, points: int, noise: int) -> str:
    words = {"points": wording.signed(points), "days": days, "noise": noise}
    if not points:
        return _("0 in %(days)s days") % words
    if abs(points) > noise:
        return _("%(points)s in %(days)s days, more than the usual ±%(noise)s") % words
    return _("%(points)s in %(days)s days, within the usual ±%(noise)s") % words
