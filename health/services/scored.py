"""An account with its new score, and how many of them are written at once."""

from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection
from psycopg2.extras import execute_values

from cs_platform.lib import clock
from health.queries.moments import Moment
from health.scoring import Direction, Score

# Points lost within a week that are a fall, whatever the colour.
FALL = 10
RANK: dict[str, int] = {"red": 0, "amber": 1, "green": 2}


@dataclass(frozen=True, slots=True)
class Scored:
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
    encode = msgspec.json.encode
    rows = [
        (
            one.id,
            one.score,
            one.result.score,
            one.override,
            one.band,
            one.result.coverage,
            one.heading.points_7,
            one.heading.points_28,
            one.heading.noise_7,
            one.heading.noise_28,
            one.heading.state,
            encode(one.result.measures).decode(),
            encode(one.result.limits).decode() if one.result.limits else "[]",
            one.card,
        )
        for one in scored
    ]
    row = f"(%s, {', '.join(['%%s'] * 14)}, %s, %s)"
    _execute(SNAPSHOTS, row, [then.tenant.pk, then.day, clock.now()], rows)


def write_copies(scored: list[Scored], then: Moment) -> None:
    """Copy the scores onto the accounts, which are locked already."""
    rows = [
        (
            one.id,
            one.score,
            one.band,
            one.heading.points_7,
            one.heading.points_28,
            one.heading.state,
            one.attention,
            one.override is not None,
        )
        for one in scored
    ]
    row = f"(%s, {', '.join(['%%s'] * 8)}, %s)"
    _execute(COPIES, row, [then.tenant.pk, clock.now()], rows)


def _execute(statement: str, row: str, same: list[Any], rows: list[tuple]) -> None:
    """Write rows by one statement; what is the `same` in all is bound once."""
    # VALUES, not a SELECT from a function: a distributed Postgres would make that a
    # COPY, which row-level security forbids.
    with connection.cursor() as cursor:
        template = cursor.mogrify(row, same)
        execute_values(cursor, statement, rows, template=template, page_size=len(rows))


KEPT = (
    "score",
    "computed",
    "override_id",
    "band",
    "coverage",
    "change_7d",
    "change_28d",
    "noise_7d",
    "noise_28d",
    "direction",
    "measures",
    "limits",
    "scorecard_id",
    "day",
    "computed_at",
)
SNAPSHOTS = f"""
INSERT INTO health_snapshot (tenant_id, account_id, {", ".join(KEPT)})
VALUES %s
ON CONFLICT (tenant_id, account_id, day) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in KEPT if name != "day")}
"""
COPIES = """
UPDATE accounts_account AS a
   SET score = r.score::smallint, band = r.band,
       score_change_7d = r.change_7d::smallint,
       score_change_28d = r.change_28d::smallint, direction = r.direction,
       attention = r.attention, is_overridden = r.is_overridden, scored_at = r.at
  FROM (VALUES %s) AS r (tenant, pk, score, band, change_7d, change_28d, direction,
                         attention, is_overridden, at)
 WHERE a.tenant_id = r.tenant AND a.id = r.pk::uuid
"""
