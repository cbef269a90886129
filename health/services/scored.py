"""An account with its new score, and how many of them are written at once."""

from typing import Any, NamedTuple

import msgspec
from django.db import connection

from cs_platform.lib import clock
from health.queries.moments import Moment
from health.queries.slices import array_of, array_of_texts
from health.scoring import Direction, Score
from health.scoring.keeping import packed

# Points lost within a week that are a fall, whatever the colour.
FALL = 10
RANK: dict[str, int] = {"red": 0, "amber": 1, "green": 2}


class Scored(NamedTuple):
    """An account as it stood (its columns), and its new score.

    `score` and `band` are what is shown: a person's override where there is one.
    """

    account: Any
    # Of the account and of the card, as text.
    id: str
    result: Score
    score: int | None
    band: str
    override: str | None
    heading: Direction
    attention: int
    week_before: int | None
    card: str

    @property
    def change(self) -> int | None:
        return self.heading.points_7

    @property
    def is_new_colour(self) -> bool:
        """Another colour than the last; a first score changes nothing."""
        return self.account.scored_at is not None and self.account.band != self.band

    @property
    def is_worse_colour(self) -> bool:
        """A worse colour that the facts gave, and not a person."""
        before, after = RANK.get(self.account.band), RANK.get(self.band)
        if not self.is_new_colour or before is None or after is None:
            return False
        return after < before and self.override is None

    @property
    def is_steep(self) -> bool:
        """Ten points or more in a week, and it was not so before."""
        before = self.account.score_change_7d
        was_steep = before is not None and before <= -FALL
        is_steep = self.change is not None and self.change <= -FALL
        return is_steep and not was_steep and self.override is None


def write_snapshots(scored: list[Scored], then: Moment) -> None:
    """Replace the snapshots of a day, in the order of their key."""
    columns: dict[str, Any] = {
        "account_id": array_of([one.id for one in scored]),
        "score": array_of([one.score for one in scored]),
        "computed": array_of([one.result.score for one in scored]),
        "override_id": array_of([one.override for one in scored]),
        "band": array_of([one.band for one in scored]),
        "coverage": array_of([one.result.coverage for one in scored]),
        "change_7d": array_of([one.heading.points_7 for one in scored]),
        "change_28d": array_of([one.heading.points_28 for one in scored]),
        "noise_7d": array_of([one.heading.noise_7 for one in scored]),
        "noise_28d": array_of([one.heading.noise_28 for one in scored]),
        "direction": array_of([one.heading.state for one in scored]),
        "measures": array_of_texts(_measures(scored)),
        "limits": array_of_texts([_limits(one) for one in scored]),
        "scorecard_id": array_of([one.card for one in scored]),
    }
    same = {"tenant": then.tenant.pk, "day": then.day, "at": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOTS, columns | same)


def write_copies(scored: list[Scored], then: Moment) -> None:
    """Copy the scores onto the accounts, which are locked already."""
    columns: dict[str, Any] = {
        "account_id": array_of([one.id for one in scored]),
        "score": array_of([one.score for one in scored]),
        "band": array_of([one.band for one in scored]),
        "change_7d": array_of([one.heading.points_7 for one in scored]),
        "change_28d": array_of([one.heading.points_28 for one in scored]),
        "direction": array_of([one.heading.state for one in scored]),
        "attention": array_of([one.attention for one in scored]),
        "is_overridden": array_of([one.override is not None for one in scored]),
    }
    same = {"tenant": then.tenant.pk, "at": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(COPIES, columns | same)


def _measures(scored: list[Scored]) -> list[str]:
    """Each measure written out once, however many accounts share it."""
    known: dict[int, str] = {}
    texts = []
    for one in scored:
        parts = []
        for measure in one.result.measures:
            text = known.get(id(measure))
            if text is None:
                text = msgspec.json.encode(packed(measure)).decode()
                known[id(measure)] = text
            parts.append(text)
        texts.append(f"[{','.join(parts)}]")
    return texts


def _limits(one: Scored) -> str:
    limits = one.result.limits
    return msgspec.json.encode(limits).decode() if limits else "[]"


def _unnest(columns: dict[str, str]) -> str:
    """Rows of columns that are bound as one array each."""
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in columns.items())
    return f"unnest({arrays}) AS r ({', '.join(columns)})"


KEPT = {
    "score": "smallint",
    "computed": "smallint",
    "override_id": "uuid",
    "band": "text",
    "coverage": "numeric",
    "change_7d": "smallint",
    "change_28d": "smallint",
    "noise_7d": "smallint",
    "noise_28d": "smallint",
    "direction": "text",
    "measures": "jsonb",
    "limits": "jsonb",
    "scorecard_id": "uuid",
}
# Joined with the accounts: a distributed Postgres writes what it selects from a table
# where the table is; of a function alone it would make a COPY, which row-level security
# forbids.
SNAPSHOTS = f"""
INSERT INTO health_snapshot
       (tenant_id, account_id, day, computed_at, {", ".join(KEPT)})
SELECT a.tenant_id, a.id, %(day)s, %(at)s, {", ".join(f"r.{name}" for name in KEPT)}
  FROM {_unnest({"account_id": "uuid"} | KEPT)}
  JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = r.account_id
 ORDER BY a.id
ON CONFLICT (tenant_id, account_id, day) DO UPDATE
   SET computed_at = excluded.computed_at,
       {", ".join(f"{name} = excluded.{name}" for name in KEPT)}
"""
COPIED = {
    "account_id": "uuid",
    "score": "smallint",
    "band": "text",
    "change_7d": "smallint",
    "change_28d": "smallint",
    "direction": "text",
    "attention": "smallint",
    "is_overridden": "boolean",
}
COPIES = f"""
UPDATE accounts_account AS a
   SET score = r.score, band = r.band, score_change_7d = r.change_7d,
       score_change_28d = r.change_28d, direction = r.direction,
       attention = r.attention, is_overridden = r.is_overridden, scored_at = %(at)s
  FROM {_unnest(COPIED)}
 WHERE a.tenant_id = %(tenant)s AND a.id = r.account_id
"""
