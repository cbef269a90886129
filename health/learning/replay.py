"""What a replay of a card over the past has shown: figures for the report, as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from health.learning import alarms, calibration, ranking
from health.learning.figures import by_months
from health.scoring.cards import Definition
from health.signals import SIGNALS

# Losses listed one by one; all of them are counted.
LISTED = 500
# With fewer, the figures are an indication and no proof; the page says so.
FEW = 10


@dataclass(frozen=True)
class Replayed:
    """An account on a day: what each way to look at it said, and what became of it.

    `chance` is the learned model's, None before there was enough to learn from. The
    scores of cards may be None: unknown.
    """

    account: str
    day: date
    is_gone: bool
    gone_on: date | None
    draft: int | None
    draft_band: str
    published: int | None
    published_band: str
    days_active: int
    days_since_last: int
    chance: float | None = None


SIDES = ("draft", "published")


def undated_in(definition: Definition) -> list[str]:
    """Keys of the measures, and caps, of a card that read what is kept only as today.

    A replay reads it as it is today, which nobody knew on the day.
    """
    rules = [*definition["measures"], *definition.get("caps", ())]
    return [rule["key"] for rule in rules if not SIGNALS[rule["signal"]].is_dated]


def report(rows: Sequence[Replayed], horizon: int, *, has_published: bool) -> dict:
    """Everything the report page shows; rows in the order of account and day.

    Every AUC of a block is of the same rows: those on which all of its ways had
    something to say.
    """
    sides = SIDES if has_published else SIDES[:1]
    losses = _losses(rows, sides, horizon)
    known = [row for row in rows if all(_risk(row, one) is not None for one in sides)]
    learned = [row for row in known if row.chance is not None]
    return {
        "rows": len(rows),
        "accounts": len({row.account for row in rows}),
        "gone": sum(row.is_gone for row in rows),
        "losses": len(losses),
        "is_few": len(losses) < FEW,
        "first": min(row.day for row in rows).isoformat() if rows else None,
        "last": max(row.day for row in rows).isoformat() if rows else None,
        "ranking": _block(known, (*sides, "days", "recency")),
        "ranking_learned": _block(learned, ("learned", *sides, "days", "recency")),
        "alarms": {side: _alarms(rows, side) for side in sides},
        "bands": {side: _bands(rows, side) for side in sides},
        "scores": {side: _by_score(rows, side) for side in sides},
        "learned": _tenths(learned),
        "leads": {side: _leads(losses, side) for side in sides},
        "months": by_months(losses, sides),
        "listed": losses[:LISTED],
    }


def _risk(row: Replayed, way: str) -> float | None:
    """A number that is higher for higher risk."""
    if way == "days":
        return -row.days_active
    if way == "recency":
        return row.days_since_last
    if way == "learned":
        return row.chance
    score = getattr(row, way)
    return None if score is None else -score


def _block(rows: Sequence[Replayed], ways: Sequence[str]) -> dict | None:
    """The AUC of each way with its gain over the number of active days."""
    outcomes = [row.is_gone for row in rows]
    clusters = [row.account for row in rows]
    areas: dict[str, ranking.Area] = {}
    for way in ways:
        risks = [risk for row in rows if (risk := _risk(row, way)) is not None]
        found = ranking.area(outcomes, risks, clusters)
        if found is None:
            return None
        areas[way] = found
    return {
        "rows": len(rows),
        "gone": sum(outcomes),
        "first": min(row.day for row in rows).isoformat(),
        "last": max(row.day for row in rows).isoformat(),
        "ways": [
            {
                "way": way,
                **asdict(ranking.interval(found)),
                "gain": asdict(ranking.gain(found, areas["days"])),
            }
            for way, found in areas.items()
        ],
    }


def _alarms(rows: Sequence[Replayed], side: str) -> dict:
    found = alarms.count_alarms(
        (getattr(row, f"{side}_band") == "red", row.is_gone) for row in rows
    )
    return asdict(found) | {"precision": found.precision, "recall": found.recall}


def _bands(rows: Sequence[Replayed], side: str) -> list[dict]:
    known = {
        band.key: band
        for band in calibration.by_key(
            (getattr(row, f"{side}_band"), row.is_gone, None) for row in rows
        )
    }
    order = ("green", "amber", "red", "unknown")
    return [_told(known[key]) for key in order if key in known]


def _by_score(rows: Sequence[Replayed], side: str) -> list[dict]:
    """By tens of the score, from the lowest."""
    scored = [(getattr(row, side), row.is_gone) for row in rows]
    known = sorted(
        (min(score // 10, 9), gone) for score, gone in scored if score is not None
    )
    return [
        _told(band)
        for band in calibration.by_key(
            (str(ten * 10), gone, None) for ten, gone in known
        )
    ]


def _tenths(rows: Sequence[Replayed]) -> list[dict]:
    return [
        _told(band)
        for band in calibration.by_tenths(
            [row.is_gone for row in rows],
            [row.chance for row in rows if row.chance is not None],
        )
    ]


def _told(band: calibration.Band) -> dict:
    return {
        "key": band.key,
        "rows": band.rows,
        "gone": band.came_true,
        "foretold": band.foretold,
        **asdict(band.share),
    }


def _losses(rows: Sequence[Replayed], sides: Sequence[str], horizon: int) -> list[dict]:
    """Each loss once, the newest first, with how early each side warned."""
    of_account: dict[str, list[Replayed]] = {}
    for row in rows:
        of_account.setdefault(row.account, []).append(row)
    found = []
    for account, days in of_account.items():
        for gone_on in sorted({row.gone_on for row in days if row.gone_on}):
            loss: dict[str, Any] = {"account": account, "gone_on": gone_on.isoformat()}
            for side in sides:
                told = [
                    (row.day, getattr(row, f"{side}_band") == "red") for row in days
                ]
                loss[side] = alarms.lead(told, gone_on, horizon)
            found.append(loss)
    return sorted(
        found, key=lambda loss: (loss["gone_on"], loss["account"]), reverse=True
    )


def _leads(losses: Sequence[dict], side: str) -> dict:
    known = [loss[side] for loss in losses]
    return {
        "losses": len(known),
        "warned": sum(one is not None for one in known),
        "median": alarms.middle(known),
    }
