"""Accounts of which usage, the CSM, money, contacts and the model say different things.

Ranked by the database, so that a page of it costs the same however many there are;
`health.scoring.disagreement` says the same of one account.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Stage
from health.models import Scorecard, Sentiment
from health.queries.moments import Moment
from health.scoring.disagreement import (
    SIDES,
    STRONG,
    Disagreement,
    disagreement,
    side_of,
)

PAGE_SIZE = 25
# A score of the day before yesterday contradicts nobody.
FRESH = timedelta(days=1)
# An older judgement of a CSM is no longer one.
JUDGED = timedelta(days=180)

NAMES = {
    "usage": gettext_lazy("Usage"),
    "sentiment": gettext_lazy("CSM"),
    "money": gettext_lazy("Money"),
    "contacts": gettext_lazy("Contacts"),
    "model": gettext_lazy("Model"),
}


@dataclass(frozen=True)
class Contradiction:
    """An account with what each side says, 0 to 100, and the two furthest apart."""

    pk: UUID
    name: str
    owner: str
    mrr: Decimal
    score: int | None
    band: str
    said: dict[str, float]
    found: Disagreement

    @property
    def sides(self) -> list[float | None]:
        """In the order of the table's columns."""
        return [self.said.get(side) for side in SIDES]

    @property
    def why(self) -> str:
        """For example "usage says 85, the CSM says leaving"."""
        return _("%(one)s, %(other)s") % {
            "one": _speech(self.found.high, self.said[self.found.high]),
            "other": _speech(self.found.low, self.said[self.found.low]),
        }


def contradictions(
    moment: Moment, *, owner_id: int | None = None, page: int = 1
) -> tuple[list[Contradiction], int]:
    """A page of the accounts where it is strong, and how many there are in all.

    The widest apart first, then by MRR. `owner_id`: only of this owner.
    """
    sides = _sides()
    if not sides:
        return [], 0
    with connection.cursor() as cursor:
        cursor.execute(SQL, _parameters(moment, sides, owner_id, page))
        rows = cursor.fetchall()
    return [_row(row) for row in rows], rows[0][-1] if rows else 0


def _sides() -> list[tuple[str, str, str]]:
    """For whom each measure of each published card speaks."""
    found = []
    for pk, definition in Scorecard.objects.published().values_list("pk", "definition"):
        for measure in definition["measures"]:
            side = side_of(measure)
            if side is not None:
                found.append((str(pk), measure["key"], side))
    return found


def _parameters(moment: Moment, sides, owner_id, page) -> dict[str, Any]:
    cards, keys, names = zip(*sides, strict=True)
    return {
        "tenant": moment.tenant.pk,
        "cards": list(cards),
        "keys": list(keys),
        "sides": list(names),
        "since": moment.day - FRESH,
        "judged": moment.at - JUDGED,
        "owner": owner_id,
        "churned": Stage.CHURNED.value,
        "strong": STRONG,
        "size": PAGE_SIZE,
        "offset": (page - 1) * PAGE_SIZE,
    }


def _row(row: tuple) -> Contradiction:
    pk, name, owner, mrr, score, band, text, _total = row
    said = json.loads(text)
    ordered = {side: said[side] for side in SIDES if side in said}
    found = disagreement(ordered)
    assert found is not None
    return Contradiction(pk, name, owner or "", mrr, score, band, ordered, found)


def _speech(side: str, said: float) -> str:
    if side == "sentiment":
        level = Sentiment.Level(round(said / 25) + 1).label
        return _("the CSM says “%(level)s”") % {"level": str(level).lower()}
    number = {"number": round(said)}
    if side == "usage":
        return _("usage says %(number)s") % number
    if side == "money":
        return pgettext("of a score", "money says %(number)s") % number
    if side == "contacts":
        return _("contacts say %(number)s") % number
    return _("the learned model says %(number)s") % number


# A snapshot keeps a measure as a row (health.scoring.keeping), once as a dict.
SQL = """
WITH sides AS (
  SELECT * FROM unnest(%(cards)s::uuid[], %(keys)s::text[], %(sides)s::text[])
      AS s (card, key, side)
), mine AS (
  SELECT id FROM accounts_account
   WHERE tenant_id = %(tenant)s AND archived_at IS NULL
     AND lifecycle_stage <> %(churned)s
     AND (%(owner)s::int IS NULL OR owner_id = %(owner)s)
), newest AS (
  SELECT DISTINCT ON (account_id) account_id, scorecard_id, measures
    FROM health_snapshot
   WHERE tenant_id = %(tenant)s AND day >= %(since)s
     AND account_id IN (SELECT id FROM mine)
   ORDER BY account_id, day DESC
), said AS (
  SELECT n.account_id, s.side,
         100 * sum(greatest(0, least(1, m.share)) * m.worth) / sum(m.worth) AS value
    FROM newest n
   CROSS JOIN LATERAL (
     SELECT coalesce(m ->> 0, m ->> 'key') AS key,
            coalesce(m ->> 1, m ->> 'state') AS state,
            coalesce(m ->> 6, m ->> 'share')::float8 AS share,
            coalesce(m ->> 3, m ->> 'worth')::float8 AS worth
       FROM jsonb_array_elements(n.measures) AS kept (m)
   ) AS m
    JOIN sides s ON s.card = n.scorecard_id AND s.key = m.key
   WHERE m.state <> 'missing' AND m.worth > 0
   GROUP BY 1, 2
  UNION ALL
  SELECT * FROM (
    SELECT DISTINCT ON (account_id) account_id, 'sentiment', 25.0 * (level - 1)
      FROM health_sentiment
     WHERE tenant_id = %(tenant)s AND at >= %(judged)s
       AND account_id IN (SELECT id FROM mine)
     ORDER BY account_id, at DESC, id DESC
  ) AS judged
  UNION ALL
  SELECT * FROM (
    SELECT DISTINCT ON (account_id) account_id, 'model', 100 * (1 - probability)
      FROM health_risk
     WHERE tenant_id = %(tenant)s AND day >= %(since)s
       AND account_id IN (SELECT id FROM mine)
     ORDER BY account_id, day DESC
  ) AS foreseen
), apart AS (
  SELECT account_id, max(value) - min(value) AS spread,
         jsonb_object_agg(side, round(value::numeric, 1)) AS said
    FROM said GROUP BY 1
  HAVING count(*) > 1 AND max(value) - min(value) >= %(strong)s
)
SELECT a.id, a.name, coalesce(nullif(u.name, ''), u.email), a.mrr, a.score, a.band,
       d.said, count(*) OVER ()
  FROM apart d
  JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = d.account_id
  LEFT JOIN tenants_user u ON u.id = a.owner_id
 ORDER BY d.spread DESC, a.mrr DESC, a.id
 LIMIT %(size)s OFFSET %(offset)s
"""
