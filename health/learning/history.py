"""Whether there is enough history to learn from, and what it taught."""

from collections.abc import Sequence

from health.learning.fitting import Column, Foretold, Seen, fit, set_right
from health.learning.replay import Replayed
from health.learning.weights import Model

# Distinct losses, and accounts that stayed, below which nothing is learned.
NEEDED = 30


def lacking(rows: Sequence[Replayed], report: dict) -> dict:
    """What there is to learn from, beside what is needed."""
    stayed = {row.account for row in rows if not row.is_gone}
    return {
        "losses": report["losses"],
        "stayed": len(stayed),
        "needed": NEEDED,
        "accounts": report["accounts"],
        "first": report["first"],
        "last": report["last"],
    }


def is_enough(counts: dict) -> bool:
    return min(counts["losses"], counts["stayed"]) >= NEEDED


def found_something(report: dict) -> bool:
    """Whether what it foretold of days it had not seen was better than a coin.

    Its whole interval must be: on noise that happens once in forty times.
    """
    block = report["ranking_learned"]
    if block is None:
        return False
    return next(way["low"] for way in block["ways"] if way["way"] == "learned") > 0.5


def learned(
    rows: Sequence[Seen], told: Sequence[Foretold | None], columns: Sequence[Column]
) -> Model:
    """The model of all rows, set right by what was foretold before their day."""
    model = fit(rows, columns)
    known = [
        (one.odds, row.is_gone)
        for row, one in zip(rows, told, strict=True)
        if one is not None
    ]
    slope, offset = set_right([odds for odds, _ in known], [gone for _, gone in known])
    return Model(
        weights=model["weights"],
        intercept=model["intercept"],
        slope=slope,
        offset=offset,
    )
