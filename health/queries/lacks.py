"""How much of a portfolio has a current score, and what is lacking where it has none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from accounts.models.account import AccountQuerySet
from cs_platform.lib.keyset import Order, Page, page_of
from health.models import Scorecard, Snapshot
from health.queries import wording
from health.queries.history import CURRENT
from health.scoring import Card
from health.signals import SIGNALS
from usage.models import Source

LARGEST = Order("mrr", descending=True)
PAGE_SIZE = 25
COLUMNS = ("name", "mrr", "band", "score", "scored_at", "owner__name", "owner__email")
# Of more accounts than this we look at those with the least only.
LOOKED_AT = 1000
GROUPS = 30
STALE_AFTER = timedelta(hours=72)


@dataclass(frozen=True)
class Share:
    """Accounts with a current score, among those of an owner, a segment, or all."""

    name: str
    accounts: int
    current: int

    @property
    def share(self) -> float | None:
        return self.current / self.accounts if self.accounts else None


@dataclass
class Gap:
    """A measure that is not known, or stale, for some accounts."""

    label: str
    nothing: str
    missing: int = 0
    # Points, of the hundred of each account, that its data would bring in.
    worth: float = 0.0
    stale: int = 0
    stale_since: datetime | None = None


@dataclass(frozen=True)
class Gaps:
    looked_at: int
    total: int
    missing: list[Gap]
    stale: list[Gap]


def is_current(at: datetime) -> Q:
    return Q(score__isnull=False, scored_at__gt=at - CURRENT)


def shares(
    accounts: AccountQuerySet, at: datetime
) -> tuple[Share, list[Share], list[Share]]:
    """Of all, by owner, and by segment: the largest first."""
    everybody = accounts.current().order_by()
    counts = {"all": Count("pk"), "current": Count("pk", filter=is_current(at))}
    whole = everybody.aggregate(**counts)
    owners = everybody.values("owner__name", "owner__email").annotate(**counts)
    segments = everybody.values("segment").annotate(**counts)
    return (
        Share("", whole["all"], whole["current"]),
        [
            Share(
                row["owner__name"] or row["owner__email"] or "",
                row["all"],
                row["current"],
            )
            for row in owners.order_by("-all", "owner__email")[:GROUPS]
        ],
        [
            Share(row["segment"], row["all"], row["current"])
            for row in segments.order_by("-all", "segment")[:GROUPS]
        ],
    )


def unscored_page(
    accounts: AccountQuerySet, at: datetime, *, after: str = "", before: str = ""
) -> Page:
    """Accounts without a current score, by MRR, with why. Raises BadCursor."""
    page = page_of(
        accounts.current().exclude(is_current(at)),
        LARGEST,
        columns=COLUMNS,
        size=PAGE_SIZE,
        after=after,
        before=before,
    )
    newest = _newest([row["id"] for row in page.rows])
    for row in page.rows:
        row["why"] = _lacking(newest.get(row["id"]))
    return page


def _newest(account_ids: list[UUID]) -> dict[UUID, Snapshot]:
    found = list(
        Snapshot.objects.filter(account__in=account_ids)
        .only("account", "day", "measures", "scorecard")
        .order_by("account", "-day")
        .distinct("account")
    )
    # Joined, the definition would come once for each account.
    cards = Scorecard.objects.in_bulk({one.scorecard_id for one in found})
    for one in found:
        one.scorecard = cards[one.scorecard_id]
    return {one.account_id: one for one in found}


def _lacking(snapshot: Snapshot | None) -> list[str]:
    """What is not known, in words; empty when it was not scored at all yet."""
    if snapshot is None:
        return []
    definition = snapshot.scorecard.definition
    missing = {one["key"] for one in snapshot.measures if one["state"] == "missing"}
    return [
        f"{wording.label_of(one['key'], definition)}: "
        + wording.found_of(one, {"state": "missing"})
        for one in definition["measures"]
        if one["key"] in missing
    ]


def gaps(accounts: AccountQuerySet, at: datetime) -> Gaps:
    """Which data would bring most, and which measures are stale and since when.

    Looks at the accounts without a score first, and at no more than `LOOKED_AT`.
    """
    asked = accounts.current()
    total = asked.count()
    lacking = F("score").asc(nulls_first=True)
    pks = list(asked.order_by(lacking, "pk").values_list("pk", flat=True)[:LOOKED_AT])
    found: dict[str, Gap] = {}
    cards: dict[UUID, dict[str, tuple[dict[str, Any], float]]] = {}
    seen = 0
    for snapshot in _newest(pks).values():
        seen += 1
        card = snapshot.scorecard
        if card.pk not in cards:
            ready = Card(card.definition)
            pairs = zip(ready.measures, ready.worths, strict=True)
            cards[card.pk] = {one["key"]: (one, worth) for one, worth in pairs}
        for kept in snapshot.measures:
            measure, worth = cards[card.pk][kept["key"]]
            _add(found, measure, worth, kept)
    some = list(found.values())
    return Gaps(
        seen,
        total,
        sorted((one for one in some if one.missing), key=lambda one: -one.worth),
        sorted((one for one in some if one.stale), key=lambda one: -one.stale),
    )


def _add(
    found: dict[str, Gap], measure: dict[str, Any], worth: float, kept: Any
) -> None:
    if kept["state"] == "ok":
        return
    key = measure["signal"]
    if key not in found:
        label = wording.label_of(key)
        found[key] = Gap(label, wording.found_of(measure, {"state": "missing"}))
    gap = found[key]
    if kept["state"] == "missing":
        gap.missing += 1
        gap.worth += worth
        return
    gap.stale += 1
    as_of = kept.get("as_of")
    if as_of:
        since = datetime.fromisoformat(as_of)
        # Usage: since the first fell silent. Others: the account's own last fact, so the
        # newest of all is nearest to when they stopped to come.
        nearest = min if SIGNALS[key].is_usage else max
        gap.stale_since = nearest(gap.stale_since or since, since)


def silent_sources(at: datetime) -> list[Source]:
    """Sources that are meant to send, and have not for long, the longest first."""
    quiet = Q(last_event_at=None) | Q(last_event_at__lt=at - STALE_AFTER)
    sources = Source.objects.filter(quiet, revoked_at=None)
    return list(
        sources.order_by(F("last_event_at").asc(nulls_first=True), "name")[:GROUPS]
    )
